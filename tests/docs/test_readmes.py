"""Every command and code block of every page runs, or says why not."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?P<before>[^\n]*)\n```(?P<language>\w+)\n(?P<code>.*?)```", re.DOTALL)
SKIPPED = re.compile(r"<!-- not run[^:]*: .{15,} -->")
KEPT = ("loop", "adapters", "flows", "tests", "workspace/campaigns", "workspace/how-to")
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("workspace/*.md")),
    *(page for folder in KEPT for page in sorted((ROOT / folder).rglob("*.md")) if "decisions" not in page.parts),
]


def blocks(language: str) -> list[pytest.param]:
    found = []
    for page in PAGES:
        for number, match in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8"))):
            if match["language"] == language and not SKIPPED.search(match["before"]):
                name = f"{page.relative_to(ROOT)}-{number}"
                found.append(pytest.param(match["code"], id=name))
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_block_runs(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.server
@pytest.mark.timeout(1500)
def test_commands_run(tmp_path: Path) -> None:
    """One after the other in a copy of the workspace, as a reader would type them."""
    import os
    import shutil

    shutil.copytree(ROOT / "workspace/campaigns", tmp_path / "workspace/campaigns")
    shutil.copy(ROOT / "workspace/notebook.py", tmp_path / "workspace")
    folder = tmp_path / ".venv/bin"
    folder.mkdir(parents=True)
    for program in ("douka", "python"):  # a link to python would forget its environment
        wrapper = folder / program
        wrapper.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).parent / program}" "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
    for block in blocks("bash"):
        # .ci/run runs the two lines that make an environment, character for character, in a fresh clone.
        code = re.sub(r"python3 -m venv .* pytest .*", "true", str(block.values[0]))
        code = re.sub(r"python3 -m venv .* douka ", ".venv/bin/douka ", code)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, (block.id, code, done.stdout, done.stderr)


def test_the_two_lines_are_there() -> None:
    """.ci/run finds them by these words."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "-m venv" in line]
    assert len(lines) == 2
    assert lines[0].endswith("douka run two-fourteen-one")
    assert lines[1].endswith("pytest -n 2 --dist loadfile")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("folder", ["loop", "adapters", "flows", "tests", "workspace"])
def test_every_folder_has_its_page(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert 10 < len(text.splitlines()) < 80


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_toml_blocks_are_toml(page: Path) -> None:
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match["language"] == "toml":
            assert tomllib.loads(match["code"])
