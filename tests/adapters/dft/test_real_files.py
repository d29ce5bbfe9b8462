"""Real outputs, where they lie beside the repository."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.dft import RejectedCalculation, read_calculation

EveryCut = Callable[[Path, Path, int], None]


def test_vasp_relaxation(shared: Path) -> None:
    found = read_calculation(shared / "vasp_aiidavasp_relaxmag_vasprun.xml")
    assert found.moment_per_cell == pytest.approx(2.0, abs=1e-4)
    assert (found.formula, found.code_version, found.functional) == ("Si1", "6.2.0", "PBE")
    assert found.volume == pytest.approx(27.21924, abs=1e-4)
    assert found.energy == pytest.approx(-1.97227502)
    assert found.k_mesh == (8, 8, 8)
    assert found.moment_is_fixed
    assert len(found.files) == 2
    assert read_calculation(shared / "vasp_aiidavasp_relaxmag_OUTCAR") == found


def test_espresso(shared: Path) -> None:
    found = read_calculation(shared / "qe_tot_magnetization.data-file-schema.xml")
    assert found.moment_per_cell == pytest.approx(1.0, abs=1e-6)
    assert (found.formula, found.code_version, found.functional) == ("Si2", "6.6", "PBE")
    assert found.volume == pytest.approx(40.0258, abs=1e-3)
    assert found.moment_is_fixed


@pytest.mark.parametrize(
    ("name", "formula", "moment", "spheres"),
    [
        ("vasp_aiidavasp_magnetization_OUTCAR", "Co4", 6.4424922, 6.52),
        ("vasp_aiidavasp_magnetization_single_OUTCAR", "Fe1", 2.4077611, 2.434),
    ],
)
def test_vasp_outcar_alone(shared: Path, name: str, formula: str, moment: float, spheres: float) -> None:
    found = read_calculation(shared / name)
    assert (found.formula, found.functional, found.converged) == (formula, "PBE", True)
    assert found.moment_per_cell == pytest.approx(moment)
    assert sum(found.site_moments or ()) == pytest.approx(spheres, abs=0.001)


def test_espresso_text(shared: Path) -> None:
    found = read_calculation(shared / "qe_tot_magnetization.out")
    whole = read_calculation(shared / "qe_tot_magnetization.data-file-schema.xml")
    assert (found.moment_per_cell, found.absolute_moment) == (1.0, 1.0)
    assert (found.formula, found.functional, found.code_version) == (whole.formula, "PBE", whole.code_version)
    assert found.volume == pytest.approx(whole.volume, rel=1e-5)
    assert found.energy == pytest.approx(whole.energy, abs=1e-6)
    assert found.moment_is_fixed


READ_ALONE = [
    "vasp_aiidavasp_magnetization_OUTCAR",
    "vasp_aiidavasp_magnetization_single_OUTCAR",
    "qe_tot_magnetization.out",
]


@pytest.mark.parametrize("name", READ_ALONE)
def test_cut_anywhere(shared: Path, tmp_path: Path, every_cut: EveryCut, name: str) -> None:
    copy = tmp_path / name
    copy.write_bytes((shared / name).read_bytes())
    every_cut(copy, copy, 30)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("vasp_custodian_OSZICAR", "OSZICAR alone"),
        ("vasp_custodian_nonconv_OSZICAR", "OSZICAR alone"),
        ("vasp_custodian_positive_energy_OSZICAR", "OSZICAR alone"),
        ("qe_diff_total_abs_mag.data-file-schema.xml", "not spin-polarized"),
        ("qe_diff_total_abs_mag.out", "not spin-polarized"),
        ("qe_failed_scf_not_converged.out", "NOT achieved"),
        ("akaikkr_pyutil_reference_ifort.json", "unknown format"),
        ("qd_mpms3_brimmler_MH_300K.dat", "unknown format"),
        ("qd_vsm_magmeas_VSM_MH.DAT.gz", "unknown format"),
        ("", "several calculations"),
    ],
)
def test_what_is_refused(shared: Path, name: str, reason: str) -> None:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(shared / name)
    assert reason in caught.value.reason


@pytest.mark.slow
@pytest.mark.parametrize("pack", [None, gzip.compress, bz2.compress])
@pytest.mark.parametrize("name", [*READ_ALONE[1:], "qe_tot_magnetization.data-file-schema.xml"])
def test_cut_at_many_places(
    shared: Path, tmp_path: Path, every_cut: EveryCut, name: str, pack: Callable[[bytes], bytes] | None
) -> None:
    content = (shared / name).read_bytes()
    suffix = {None: "", gzip.compress: ".gz", bz2.compress: ".bz2"}[pack]
    copy = tmp_path / f"{name}{suffix}"
    copy.write_bytes(pack(content) if pack else content)
    every_cut(copy, copy, 300)
