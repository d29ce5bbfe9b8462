from __future__ import annotations

import gzip
import hashlib
import math
from typing import TYPE_CHECKING, Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation

if TYPE_CHECKING:
    from pathlib import Path

Make = Any


def rejection(path: Path, **options: float) -> RejectedCalculation:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path, **options)
    assert caught.value.reason
    assert caught.value.remedy
    assert caught.value.file in str(caught.value)
    return caught.value


def test_a_finished_run_is_read(tmp_path: Path, vasp: Make) -> None:
    folder = vasp().write(tmp_path)
    found = read_calculation(folder)
    assert found.moment_per_cell == pytest.approx(2.0, abs=1e-4)
    assert (found.code, found.code_version, found.functional) == ("VASP", "6.4.2", "PBE")
    assert (found.formula, dict(found.composition), found.n_atoms) == ("Fe1", {"Fe": 1.0}, 1)
    assert found.volume == pytest.approx(27.0)
    assert found.energy == pytest.approx(-8.2100001)
    assert found.k_mesh == (8, 8, 6)
    assert found.converged is True
    assert found.frozen_4f == ()
    assert found.moment_is_fixed is False
    assert found.site_moments == (1.621,)
    assert found.initial_moments == (2.0,)
    assert found.remarks == ()
    expected = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("vasprun.xml", "OUTCAR")}
    assert found.files == expected
    assert found.path == str(folder / "vasprun.xml")


def test_file_folder_and_outcar_mean_the_same_run(tmp_path: Path, vasp: Make) -> None:
    folder = vasp().write(tmp_path)
    assert read_calculation(folder / "vasprun.xml") == read_calculation(str(folder))
    assert read_calculation(folder / "OUTCAR") == read_calculation(folder)


def test_outcar_is_not_required(tmp_path: Path, vasp: Make) -> None:
    found = read_calculation(vasp().write(tmp_path, outcar=None))
    assert list(found.files) == ["vasprun.xml"]
    assert found.site_moments is None


def test_compressed_files_are_read(tmp_path: Path, vasp: Make) -> None:
    run = vasp()
    (tmp_path / "vasprun.xml.gz").write_bytes(gzip.compress(run.xml().encode()))
    (tmp_path / "OUTCAR.gz").write_bytes(gzip.compress(run.outcar().encode()))
    found = read_calculation(tmp_path)
    assert found.moment_per_cell == pytest.approx(2.0, abs=1e-4)
    assert set(found.files) == {"vasprun.xml.gz", "OUTCAR.gz"}


@pytest.mark.parametrize("name", ["vasprun.relax2.xml", "vasprun.xml.relax2", "Fe_vasprun.xml", "any.name"])
def test_other_names_are_found_by_name_or_content(tmp_path: Path, vasp: Make, name: str) -> None:
    (tmp_path / name).write_text(vasp().xml())
    assert read_calculation(tmp_path / name).code == "VASP"


def test_outcar_of_the_same_step_is_the_one_compared(tmp_path: Path, vasp: Make) -> None:
    (tmp_path / "vasprun.relax2.xml").write_text(vasp().xml())
    (tmp_path / "OUTCAR.relax2").write_text(vasp().outcar(1.0))
    assert "not that of vasprun.xml" in rejection(tmp_path / "vasprun.relax2.xml").reason


def test_downward_moment_is_the_same_moment(tmp_path: Path, vasp: Make) -> None:
    run = vasp()
    run.up, run.down = run.down, run.up
    found = read_calculation(run.write(tmp_path, outcar=run.outcar(-2.0)))
    assert found.moment_per_cell == pytest.approx(2.0, abs=1e-4)


def test_frozen_4f_is_recorded(tmp_path: Path, vasp: Make) -> None:
    run = vasp(atoms=["Nd", "Fe"], titles=["PAW_PBE Nd_3 06Sep2000", "PAW_PBE Fe 06Sep2000"])
    assert read_calculation(run.write(tmp_path)).frozen_4f == ("Nd",)
    run.titles[0] = "PAW_PBE Nd 23Dec2003"
    assert read_calculation(run.write(tmp_path)).frozen_4f == ()


@pytest.mark.parametrize(
    ("tags", "title", "expected"),
    [
        ({}, "PAW_PBE Fe 06Sep2000", "PBE"),
        ({}, "PAW Fe 03Mar1998", "LDA"),
        ({"GGA": "PS"}, "PAW_PBE Fe 06Sep2000", "PBEsol"),
        ({"METAGGA": "R2SCAN"}, "PAW_PBE Fe 06Sep2000", "R2SCAN"),
        ({"LDAU": True}, "PAW_PBE Fe 06Sep2000", "PBE+U"),
        ({"IVDW": 11}, "PAW_PBE Fe 06Sep2000", "PBE+vdW"),
        (
            {"LHFCALC": True, "AEXX": 0.25, "HFSCREEN": 0.2},
            "PAW_PBE Fe",
            "hybrid (PBE, AEXX = 0.25, HFSCREEN = 0.2)",
        ),
    ],
)
def test_functional_is_named(tmp_path: Path, vasp: Make, tags: dict[str, Any], title: str, expected: str) -> None:
    run = vasp(tags=tags, titles=[title])
    assert read_calculation(run.write(tmp_path)).functional == expected


def test_imposed_moment_is_marked(tmp_path: Path, vasp: Make) -> None:
    assert read_calculation(vasp(tags={"NUPDOWN": 2.0}).write(tmp_path)).moment_is_fixed


def test_listed_k_points_have_no_mesh(tmp_path: Path, vasp: Make) -> None:
    assert read_calculation(vasp(style="").write(tmp_path)).k_mesh is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tags": {"ISPIN": 1}, "down": None}, "ISPIN = 1, expected 2"),
        ({"tags": {"LNONCOLLINEAR": True}}, "non-collinear"),
        ({"tags": {"LSORBIT": True, "LNONCOLLINEAR": True}}, "spin-orbit"),
        ({"tags": {"ICHARG": 11}}, "not self-consistent"),
        ({"tags": {"IBRION": 0, "NSW": 1000}}, "molecular dynamics"),
        ({"tags": {"NELM": 4}}, "electronic convergence not reached in 4 of NELM = 4"),
        ({"tags": {"NSW": 1, "IBRION": 6}}, "finite displacements"),
        ({"ionic": [[-8.0, -8.3, -7.9]]}, "electronic loop stopped early"),
        ({"ionic": [[-8.0, math.nan]]}, "electronic loop stopped early"),
        ({"ionic": [[]]}, ""),
        ({"ionic": []}, "damaged or truncated"),
        (
            {"tags": {"NSW": 2, "IBRION": 2}, "ionic": [[-8.0, -8.0]] * 2},
            "ionic convergence not reached in 2",
        ),
        ({"tags": {"NSW": 9, "IBRION": 2}, "force": 0.5}, "ionic relaxation stopped early"),
        ({"eigenvalues": False}, "no eigenvalues"),
        ({"down": None}, "1 spin direction"),
        ({"up": [[1, 1, 1, math.nan], [1, 1, 1, 0.4]]}, "NaN"),
        ({"up": [[1, 1, 1, 0.0], [1, 1, 1, 0.0]]}, "4.5000 electrons, expected NELECT = 5"),
        ({"weights": [1.0]}, "k-point weights"),
        ({"side": 0.0}, ""),
        ({"side": math.nan}, ""),
        ({"style": "Line-mode"}, ""),
    ],
)
def test_what_yields_no_moment_is_rejected(tmp_path: Path, vasp: Make, fields: dict[str, Any], reason: str) -> None:
    error = rejection(vasp(**fields).write(tmp_path, outcar=None))
    assert reason in error.reason
    assert "vasprun.xml" in error.file


def test_overflow_is_rejected(tmp_path: Path, vasp: Make) -> None:
    (tmp_path / "vasprun.xml").write_text(vasp().xml().replace("0.8000 </r>", "**** </r>", 1))
    assert "overflow" in rejection(tmp_path).reason


@pytest.mark.parametrize(
    ("outcar", "reason"),
    [
        ({"moment": 2.1}, "not that of vasprun.xml"),
        ({"moment": -2.0}, "not that of vasprun.xml"),
        ({"moment": math.nan}, "not that of vasprun.xml"),
        ({"footer": ""}, "no 'General timing' footer"),
        ({"footer": " General timing and accounting informations for this job:\n"}, "footer is cut"),
        ({"last": "EDIFF was not reached (unconverged)"}, "not converged"),
    ],
)
def test_outcar_that_disagrees_is_rejected(tmp_path: Path, vasp: Make, outcar: dict[str, Any], reason: str) -> None:
    run = vasp()
    error = rejection(run.write(tmp_path, outcar=run.outcar(**outcar)))
    assert reason in error.reason
    assert error.file.endswith("OUTCAR")


def test_outcar_within_tolerance_is_accepted(tmp_path: Path, vasp: Make) -> None:
    run = vasp()
    assert read_calculation(run.write(tmp_path, outcar=run.outcar(2.009)))


def test_relaxation_needs_its_last_words(tmp_path: Path, vasp: Make) -> None:
    run = vasp(tags={"NSW": 9, "IBRION": 2})
    assert read_calculation(run.write(tmp_path))
    silent = run.outcar().replace("reached required accuracy", "")
    assert "relaxation" in rejection(run.write(tmp_path, outcar=silent)).reason


def test_outcar_without_moment_is_rejected(tmp_path: Path, vasp: Make) -> None:
    run = vasp()
    vector = run.outcar().replace("magnetization       2.0000000", "magnetization  0.1 0.2 2.0")
    assert "no total magnetization" in rejection(run.write(tmp_path, outcar=vector)).reason


def no_moment(vasp: Make, **fields: Any) -> Any:
    half = [[1, 1, 0.5, 0.0], [1, 1, 0.5, 0.0]]
    return vasp(up=half, down=half, **fields)


def test_zero_moment_of_iron_is_rejected(tmp_path: Path, vasp: Make) -> None:
    error = rejection(no_moment(vasp).write(tmp_path, outcar=None))
    assert "non-magnetic solution" in error.reason
    assert "MAGMOM" in error.remedy


def test_antiferromagnet_is_named(tmp_path: Path, vasp: Make) -> None:
    run = no_moment(vasp, atoms=["Fe", "Fe"], tags={"MAGMOM": [2.0, -2.0]})
    assert "antiferromagnetic start" in rejection(run.write(tmp_path, outcar=None)).reason
    error = rejection(run.write(tmp_path, outcar=run.outcar(0.0)))
    assert error.reason.startswith("antiferromagnet:")


@pytest.mark.parametrize(("element", "title"), [("Si", "PAW_PBE Si"), ("Nd", "PAW_PBE Nd_3"), ("La", "PAW_PBE La")])
def test_zero_moment_of_others_is_a_moment(tmp_path: Path, vasp: Make, element: str, title: str) -> None:
    run = no_moment(vasp, atoms=[element], titles=[title])
    assert read_calculation(run.write(tmp_path, outcar=None)).moment_per_cell == 0.0


def test_zero_moment_of_open_4f_is_rejected(tmp_path: Path, vasp: Make) -> None:
    run = no_moment(vasp, atoms=["Nd"], titles=["PAW_PBE Nd 23Dec2003"])
    assert "holds Nd" in rejection(run.write(tmp_path, outcar=None)).reason
