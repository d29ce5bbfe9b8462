"""What the README says of the layout holds for plain h5py, today's files and the golden ones."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from loop.history import History
from loop.history.layout import cycle_path

README = Path(__file__).parents[3] / "loop" / "history" / "README.md"
GOLDEN = Path(__file__).with_name("golden")


def test_the_example_of_the_readme_runs(history):
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=history, check=True, encoding="utf-8")
    lines = done.stdout.splitlines()
    value = History.open(history).read(2).observations[0].value
    assert lines[4].startswith("2 Nd₂Fe₁₄B {'α': ")
    assert lines[4].endswith(f" {value}")
    assert len(lines) == 10


def test_the_seal_is_what_the_readme_says(history):
    content = cycle_path(history, 1).read_bytes()
    assert content[:91] == f"douka sealed file 1\nsha256 {hashlib.sha256(content[512:]).hexdigest()}".encode()
    assert content[91:512] == b"\n" + bytes(420)


def test_what_plain_h5py_sees(history):
    with h5py.File(cycle_path(history, 1)) as file:
        assert file.userblock_size == 512
        assert file.attrs["douka_format_version"] == 1
        entry = file["entry"]
        assert list(entry.attrs["variables"]) == ["α", "β"]
        table = entry["observations/table"]
        assert h5py.check_string_dtype(table.dtype["label"]).encoding == "utf-8"
        row = table[0]
        assert row["label"].decode() == "Nd₂Fe₁₄B"
        assert not row["uncertainty.stated"]
        assert entry["quarantined/table"][0]["x.length"] == -1
        assert dict(entry["summary"].attrs) == {"NX_class": "NXcollection", "best": 1, "rule": "ucb", "stopped": False}
        assert [name for name in entry if "NX_class" not in entry[name].attrs] == []


def test_everything_that_the_readme_names_exists(history):
    with History.open(history) as opened:
        opened.write_master()
    names = re.findall(r"^    ([\w./]+\.\w+) ", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) == 6
    for name in names:
        assert (history / name.replace("0000/cycle_000123", "0000/cycle_000003")).exists(), name


@pytest.mark.parametrize("version", [int(path.stem[1:]) for path in sorted(GOLDEN.glob("v*.json"))])
def test_golden_histories_are_read_for_ever(version, tmp_path):
    folder = tmp_path / "golden"
    shutil.copytree(GOLDEN / f"v{version}", folder)
    expected = json.loads((GOLDEN / f"v{version}.json").read_text(encoding="utf-8"))
    opened = History.open(folder)
    assert opened.verify().ok
    assert opened.header.format_version == version
    assert opened.digest() == expected["digest"]
    for name, value in expected["header"].items():
        assert getattr(opened.header, name) == (tuple(value) if isinstance(value, list) else value)
    for record, wanted in zip(opened.records(), expected["records"], strict=True):
        found = {
            "observations": [(each.label, each.x, each.value.hex(), each.uncertainty) for each in record.observations],
            "quarantined": [(each.id, each.x, each.reason) for each in record.quarantined],
            "changes": [(each.request_id, each.status, each.note) for each in record.changes],
            "requests": [(each.id, each.x, each.reason.mean, each.status) for each in record.requests],
            "arrays": {name: array.tolist() for name, array in record.arrays.items()},
            "summary": record.summary,
            "facts": record.facts,
        }
        assert json.loads(json.dumps(found)) == wanted
    with History.open(folder, "a") as writable:
        assert writable.overview().cycles == len(expected["records"])
