"""Plain tables of calculations."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.dft import Calculation, RejectedCalculation, read_calculation, read_calculation_table
from adapters.dft.scanning import scan
from loop.magnetism import convert_magnetization

EveryCut = Callable[[Path, Path, int], None]

ROW: dict[str, Any] = {
    "formula": "Fe2Co2", "moment": 9.1, "moment_unit": "muB/cell", "volume": 46.0, "volume_unit": "A3",
    "converged": True, "code": "VASP", "code_version": "6.4.2", "functional": "PBE", "k_mesh": [8, 8, 8],
    "energy": -1.0, "energy_unit": "Ry",
}  # fmt: skip

CSV = """# calculations: 2
formula,moment,moment_unit,volume,volume_unit,converged,code,code_version,functional,k_mesh,frozen_4f,note
Nd2Fe14B,31.5,muB/f.u.,236.1,A3,true,VASP,6.4.2,PBE,6x6x4,Nd,
Fe2Co2,2.275,muB/atom,0.046,nm3,true,Elk,8.4.30,PBE,,,"ordered, B2"
"""


def _json(folder: Path, *rows: dict[str, Any]) -> Path:
    file = folder / "some.json"
    file.write_text(json.dumps({"calculations": list(rows)}))
    return file


def _refused(outcome: Calculation | RejectedCalculation) -> str:
    assert isinstance(outcome, RejectedCalculation)
    return outcome.reason


def test_json(tmp_path: Path) -> None:
    found = read_calculation(_json(tmp_path, ROW))
    assert (found.moment_per_cell, found.volume, found.k_mesh) == (9.1, 46.0, (8, 8, 8))
    assert (found.formula, found.code, found.functional) == ("Fe2Co2", "VASP", "PBE")
    assert found.energy == pytest.approx(-13.605693)
    assert list(found.files) == ["some.json"]


def test_csv_and_units(tmp_path: Path) -> None:
    file = tmp_path / "past.calculations.csv"
    file.write_text(CSV)
    magnet, alloy = read_calculation_table(file)
    assert isinstance(magnet, Calculation)
    assert isinstance(alloy, Calculation)
    assert (magnet.moment_per_cell, magnet.k_mesh, magnet.frozen_4f) == (31.5, (6, 6, 4), ("Nd",))
    assert alloy.moment_per_cell == pytest.approx(9.1)
    assert alloy.volume == pytest.approx(46.0)
    assert alloy.remarks == ("line 4", "ordered, B2")
    with pytest.raises(RejectedCalculation, match="a table of 2 calculations"):
        read_calculation(file)


@pytest.mark.parametrize(("unit", "options"), [("T", {"volume": 46.0}), ("A.m2/kg", {"molar_mass": 229.55638})])
def test_magnetizations_are_converted(tmp_path: Path, unit: str, options: dict[str, float]) -> None:
    value = convert_magnetization(9.1, "muB/f.u.", unit, **options)
    found = read_calculation(_json(tmp_path, ROW | {"moment": value, "moment_unit": unit}))
    assert found.moment_per_cell == pytest.approx(9.1, rel=1e-5)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"converged": False}, "converged"),
        ({"converged": None}, "converged"),
        ({"moment_unit": "emu"}, "moment_unit = 'emu' is unknown"),
        ({"moment": float("nan")}, "moment"),
        ({"volume": -1.0}, "volume"),
        ({"volume_unit": "litre"}, "volume_unit"),
        ({"energy_unit": None}, "energy_unit is missing"),
        ({"formula": "Xx2"}, "formula = 'Xx2' is no composition"),
        ({"moment": 0.0}, "non-magnetic"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_rows_are_refused_and_the_others_read(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    good, bad = read_calculation_table(_json(tmp_path, ROW, ROW | change))
    assert isinstance(good, Calculation)
    assert expected in _refused(bad)


def test_cut_anywhere(tmp_path: Path, every_cut: EveryCut) -> None:
    file = _json(tmp_path, ROW)
    every_cut(file, file, 100)
    table = tmp_path / "t.csv"
    for length in range(len(CSV)):
        table.write_text(CSV[:length])
        with pytest.raises(RejectedCalculation):
            pytest.fail(f"cut at {length}: {read_calculation_table(table)}")


def test_a_scan_takes_every_row(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "t.csv").write_text(CSV.replace("0.046", "-1"))
    _json(tmp_path / "tree", ROW)
    then = time.time() - 100
    for file in (tmp_path / "tree").iterdir():
        os.utime(file, (then, then))
    found = scan(tmp_path / "tree", index=tmp_path / "index.sqlite", workers=1)
    assert sorted(one.formula for one in found.accepted) == ["Fe2Co2", "Nd2Fe14B1"]
    assert "line 4: volume" in found.rejected[0].reason
