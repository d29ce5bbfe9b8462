"""``douka scan``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

TEXT = """
     Program PWSCF v.7.3 starts on  1Jul2025 at 13:46:18
     unit-cell volume          =      79.0000 (a.u.)^3
     number of atoms/cell      =            1
     Exchange-correlation= PBE
         1        Fe     tau(   1) = (   0.0000000   0.0000000   0.0000000  )
     number of k points=    20
!    total energy              =     -22.80554665 Ry
     total magnetization       =     2.20 Bohr mag/cell
     convergence has been achieved in   4 iterations

=------------------------------------------------------------------------------=
   JOB DONE.
=------------------------------------------------------------------------------=
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (("good", TEXT), ("bad", TEXT.replace("achieved in", "NOT achieved after"))):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "pw.out").write_text(text)
    return tmp_path / "tree"


def _words(tree: Path) -> list[str]:
    return ["scan", str(tree), "--quiet", "0", "--workers", "1", "--index", str(tree.parent / "index.sqlite")]


def test_tables_of_accepted_and_rejected(tree: Path, douka: Callable) -> None:
    ended = douka(*_words(tree))
    assert ended.code == 0
    for text in (
        "good/pw.out",
        "Fe1",
        "2.2",
        "PBE",
        "bad/pw.out",
        "convergence",
        "1 (1 Quantum ESPRESSO)",
        "2 folders",
    ):
        assert text in ended.out
    assert "0 folders; 2 unchanged" in douka(*_words(tree)).out


def test_json(tree: Path, douka: Callable) -> None:
    found = json.loads(douka(*_words(tree), "--json").out)
    assert [one["moment_per_cell"] for one in found["accepted"]] == [2.2]
    assert found["accepted"][0]["files"]
    assert found["rejected"][0]["file"] == str(tree / "bad" / "pw.out")
    assert found["rejected"][0]["remedy"]
    assert (found["read"], found["unchanged"], found["waiting"]) == (2, 0, [])


def test_no_folder(tree: Path, douka: Callable) -> None:
    ended = douka("scan", str(tree / "nowhere"))
    assert ended.code == 2
    assert "is no folder" in ended.err
