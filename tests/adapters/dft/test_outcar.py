"""OUTCAR without vasprun.xml, and OSZICAR, which never yields a number."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation

Make = Any
EveryCut = Callable[[Path, Path, int], None]


def reason(path: Path) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path)
    return caught.value.reason


def outcar(folder: Path, run: Any, **options: Any) -> Path:
    file = folder / "OUTCAR"
    file.write_text(run.outcar(**options))
    return file


def test_a_finished_run_is_read(tmp_path: Path, vasp: Make) -> None:
    run = vasp(atoms=["Nd", "Fe", "Fe"], titles=["PAW_PBE Nd_3 06Sep2000", "PAW_PBE Fe 06Sep2000"])
    file = outcar(tmp_path, run)
    found = read_calculation(file)
    assert found == read_calculation(tmp_path)
    assert (found.moment_per_cell, found.energy) == (2.0, -8.2100001)
    assert (found.code_version, found.functional, found.k_mesh) == ("6.4.2", "PBE", (8, 8, 6))
    assert (found.formula, found.n_atoms, found.frozen_4f) == ("Nd1Fe2", 3, ("Nd",))
    assert found.volume == pytest.approx(27.0)
    assert found.site_moments == (1.621,) * 3
    assert list(found.files) == ["OUTCAR"]


def test_vasprun_is_read_instead_where_it_is(tmp_path: Path, vasp: Make) -> None:
    folder = vasp().write(tmp_path)
    assert set(read_calculation(folder / "OUTCAR").files) == {"vasprun.xml", "OUTCAR"}


@pytest.mark.parametrize("packed", [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_cut_anywhere_compressed(tmp_path: Path, vasp: Make, every_cut: EveryCut, packed: Any) -> None:
    suffix, compress = packed
    file = tmp_path / f"OUTCAR.{suffix}"
    file.write_bytes(compress(vasp().outcar().encode()))
    every_cut(file, tmp_path, 60)


def test_cut_anywhere(tmp_path: Path, vasp: Make, every_cut: EveryCut) -> None:
    file = outcar(tmp_path, vasp())
    every_cut(file, file, 100)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"ISPIN": 1}, "not spin-polarized (ISPIN = 1"),
        ({"LNONCOLLINEAR": True}, "non-collinear"),
        ({"LSORBIT": True}, "spin-orbit"),
        ({"ICHARG": 11}, "not self-consistent"),
        ({"NELECT": 8.0}, "holds 5.0000 electrons, expected NELECT = 8"),
        ({"IBRION": 0, "NSW": 5}, "molecular dynamics"),
    ],
)
def test_runs_that_yield_no_moment(tmp_path: Path, vasp: Make, tags: dict[str, Any], expected: str) -> None:
    assert expected in reason(outcar(tmp_path, vasp(tags=tags)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "aborting loop because EDIFF is reached",
            "aborting loop EDIFF was not reached (unconverged)",
            "not converged",
        ),
        ("aborting loop because EDIFF is reached", "", "electronic convergence not reached"),
        ("magnetization       2.0000000", "magnetization       0.1 0.2 2.0", "no single total magnetization"),
        ("General timing", "general", "no 'General timing' footer"),
        ("magnetization       2.0000000", "magnetization             NaN", "moment = nan"),
        ("magnetization       2.0000000", "magnetization       0.0000000", "antiferromagnet"),
    ],
)
def test_what_its_text_gives_away(tmp_path: Path, vasp: Make, old: str, new: str, expected: str) -> None:
    file = tmp_path / "OUTCAR"
    text = vasp().outcar()
    assert old in text
    file.write_text(text.replace(old, new))
    assert expected in reason(file)


def test_relaxation_must_have_ended(tmp_path: Path, vasp: Make) -> None:
    run = vasp(tags={"NSW": 25, "IBRION": 2})
    assert read_calculation(outcar(tmp_path, run)).moment_per_cell == 2.0
    file = tmp_path / "OUTCAR"
    file.write_text(run.outcar().replace("reached required accuracy", ""))
    assert "relaxation not converged" in reason(file)


def test_an_unfinished_run_appended_to_a_finished_one_is_unfinished(tmp_path: Path, vasp: Make) -> None:
    run = vasp()
    (tmp_path / "OUTCAR").write_text(run.outcar() + run.outcar(footer=""))
    assert "truncated" in reason(tmp_path)


def test_oszicar_alone_never_yields_a_number(tmp_path: Path, vasp: Make) -> None:
    file = tmp_path / "OSZICAR"
    text = vasp().oszicar()
    file.write_text(text)
    assert "does not say whether the run converged" in reason(file)
    for length in range(0, len(text), 7):
        file.write_text(text[:length])
        reason(file)


@pytest.mark.parametrize("main", ["vasprun.xml", "OUTCAR"])
def test_oszicar_can_contradict(tmp_path: Path, vasp: Make, main: str) -> None:
    run = vasp(ionic=[[-8.0, -8.2, -8.2], [-8.2, -8.21, -8.21]]) if main == "vasprun.xml" else vasp()
    (tmp_path / main).write_text(run.xml() if main == "vasprun.xml" else run.outcar())
    file = tmp_path / "OSZICAR"
    file.write_text(run.oszicar())
    assert set(read_calculation(file).files) == {main, "OSZICAR"}
    content = file.read_bytes()
    for length in sorted({*range(0, len(content), 9), *range(len(content) - 30, len(content))}):
        file.write_bytes(content[:length])
        with pytest.raises(RejectedCalculation):
            pytest.fail(f"cut at byte {length}: {read_calculation(tmp_path)}")
    file.write_text(run.oszicar(1.5))
    assert "its total magnetization 1.5000" in reason(tmp_path)
