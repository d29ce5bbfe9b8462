"""The example packages that the how-tos show: the pages show their files, and they pass their own tests."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(ROOT.glob("adapters/how-to/*.md"))
SHOWN = re.compile(r"<!-- file: (?P<file>\S+) -->\n```py\n(?P<code>.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_the_file_that_it_names(page: Path) -> None:
    shown = list(SHOWN.finditer(page.read_text(encoding="utf-8")))
    assert len(shown) == 2
    for match in shown:
        assert match["code"] == (ROOT / match["file"]).read_text(encoding="utf-8"), match["file"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_entry_point_on_the_page_is_that_of_the_package(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    package = ROOT / SHOWN.search(text)["file"].split("/src/")[0]
    kept = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    block = re.search(r"```toml\n(\[project\.entry-points.*?)```", text, re.DOTALL)
    assert block
    assert tomllib.loads(block[1])["project"]["entry-points"] == kept


def test_the_simulator_passes_its_own_tests(tmp_path: Path) -> None:
    package = ROOT / "tests/packages/slater-pauling"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path}", "-rs", "tests"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
    assert "answers at any point" in done.stdout  # the two that only tables can be asked
