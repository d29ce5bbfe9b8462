"""Trees of calculations."""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from adapters.dft import Calculation, RejectedCalculation, read_calculation
from adapters.dft.scanning import Scanned, parallel, scan
from adapters.dft.scanning.outcome import from_text, to_text
from loop.errors import DataError

Make = Any


@pytest.fixture
def tree(tmp_path: Path, vasp: Make) -> Path:
    """Two good calculations, one of them in a flat folder with a bad one, an unfinished one, and other things."""
    top = tmp_path / "tree"
    vasp().write(top / "a")
    (top / "b" / "flat").mkdir(parents=True)
    (top / "b" / "flat" / "OUTCAR.good").write_text(vasp().outcar())
    (top / "b" / "flat" / "OUTCAR.bad").write_text(vasp(tags={"ISPIN": 1}).outcar())
    (top / "c").mkdir()
    (top / "c" / "OUTCAR").write_text(vasp().outcar(footer=""))
    (top / "notes").mkdir()
    (top / "notes" / "notes.txt").write_text("nothing")
    (top / ".hidden").mkdir()
    (top / ".hidden" / "OUTCAR").write_text(vasp().outcar())
    _age(top)
    return top


def _age(top: Path, seconds: float = 1000.0) -> None:
    then = time.time() - seconds
    for path in top.rglob("*"):
        os.utime(path, (then, then))


def scanned(top: Path, **options: Any) -> Scanned:
    return scan(top, index=top.parent / "index.sqlite", **{"workers": 1} | options)


def test_every_calculation_is_accepted_or_rejected(tree: Path) -> None:
    found = scanned(tree)
    assert [one.path for one in found.accepted] == [str(tree / "a/vasprun.xml"), str(tree / "b/flat/OUTCAR.good")]
    assert found.accepted[0] == read_calculation(tree / "a")
    assert [one.file for one in found.rejected] == [str(tree / "b/flat/OUTCAR.bad"), str(tree / "c/OUTCAR")]
    assert (found.others, found.read, found.unchanged, found.waiting) == (1, 4, 0, ())


def test_unchanged_folders_are_not_read_again(tree: Path, vasp: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scanned(tree)
    (tree / "c" / "OUTCAR").write_text(vasp().outcar())
    _age(tree / "c", 500)
    honest, asked = parallel.read_calculation, []
    monkeypatch.setattr(parallel, "read_calculation", lambda path: (asked.append(path), honest(path))[1])
    second = scanned(tree)
    assert asked == [tree / "c"]
    assert (second.read, second.unchanged) == (1, 3)
    assert second.accepted[:2] == first.accepted
    assert len(second.accepted) == 3
    shutil.rmtree(tree / "c")
    third = scanned(tree)
    assert (third.read, len(third.accepted)) == (0, 2)
    with sqlite3.connect(tree.parent / "index.sqlite") as database:
        assert database.execute("SELECT count(*) FROM folders").fetchone() == (3,)
    database.close()


def test_what_changed_a_moment_ago_waits(tree: Path) -> None:
    os.utime(tree / "a" / "OUTCAR")
    found = scanned(tree, quiet_seconds=100.0)
    assert found.waiting == (tree / "a",)
    assert len(found.accepted) == 1
    _age(tree / "a", 500)
    assert len(scanned(tree, quiet_seconds=100.0).accepted) == 2


def test_espresso_keeps_its_xml_below_and_counts_once(tmp_path: Path, shared: Path) -> None:
    saved = tmp_path / "tree" / "run" / "out" / "x.save"
    saved.mkdir(parents=True)
    shutil.copyfile(shared / "qe_tot_magnetization.data-file-schema.xml", saved / "data-file-schema.xml")
    shutil.copyfile(shared / "qe_tot_magnetization.out", tmp_path / "tree" / "run" / "pw.out")
    _age(tmp_path / "tree")
    found = scanned(tmp_path / "tree")
    assert [one.path for one in found.accepted] == [str(saved / "data-file-schema.xml")]
    (saved / "data-file-schema.xml").write_text("<qes:espresso")
    _age(tmp_path / "tree", 500)
    again = scanned(tmp_path / "tree")
    assert (again.accepted, again.read) == ((), 2)
    assert "truncated" in again.rejected[0].reason


def test_a_damaged_index_is_made_again(tree: Path) -> None:
    first = scanned(tree)
    (tree.parent / "index.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    again = scanned(tree)
    assert (again.accepted, again.read) == (first.accepted, 4)


def test_what_cannot_be_scanned(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be scanned"):
        scanned(tmp_path / "nowhere")
    with pytest.raises(DataError, match="name another"):
        scan(tree, index=tree)


def test_progress_is_told(tree: Path) -> None:
    told: list[tuple[int, int]] = []
    scanned(tree, progress=lambda done, total: told.append((done, total)))
    assert told == [(k, 4) for k in range(5)]
    told.clear()
    scanned(tree, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 4)]


def test_outcomes_survive_the_index(tree: Path) -> None:
    outcomes: list[Calculation | RejectedCalculation] = [read_calculation(tree / "a")]
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(tree / "c")
    first, second = from_text(to_text([*outcomes, caught.value]))
    assert first == outcomes[0]
    assert isinstance(second, RejectedCalculation)
    assert str(second) == str(caught.value)
    assert math.isfinite(first.moment_per_cell) if isinstance(first, Calculation) else False


@pytest.mark.slow
def test_processes_read_the_same_and_outlive_a_killer(tree: Path, vasp: Make) -> None:
    for k in range(40):
        (tree / "many" / f"{k:02}").mkdir(parents=True)
        (tree / "many" / f"{k:02}" / "OUTCAR").write_text(vasp().outcar())
    _age(tree)
    alone = scan(tree, index=tree.parent / "one.sqlite", workers=1)
    together = scan(tree, index=tree.parent / "two.sqlite", workers=2)
    assert together.accepted == alone.accepted
    assert list(map(str, together.rejected)) == list(map(str, alone.rejected))
    units = [parallel.Unit(path, "", 0.0) for path in (_Killer(), tree / "a", tree / "c")]
    killed = [outcomes[0] for _, outcomes in parallel._carefully(units)]
    assert "ended the process" in str(killed[0])
    assert isinstance(killed[1], Calculation)
    assert "truncated" in str(killed[2])


class _Killer(type(Path())):  # Path itself has no subclasses before CPython 3.12
    """A path that ends the process that unpickles it."""

    def __reduce__(self) -> Any:
        return os._exit, (3,)


@pytest.mark.slow
def test_a_second_scan_costs_a_fraction_of_the_first(tmp_path: Path) -> None:
    found = spec_from_file_location("scan_speed", Path(__file__).parents[2] / "benchmarks" / "scan_speed.py")
    assert found is not None
    assert found.loader is not None
    speed = module_from_spec(found)
    found.loader.exec_module(speed)
    speed.make_tree(tmp_path / "tree", 600)
    first, second = speed.seconds_of_two_scans(tmp_path, 600, 1)
    assert second < first / 2  # CPU seconds; measured: a tenth
