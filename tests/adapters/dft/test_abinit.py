"""Abinit's GSR.nc in both netCDF formats, with and without the main output of the run."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import netcdf_file

from adapters.dft import RejectedCalculation, read_calculation
from adapters.dft.espresso import BOHR, HARTREE

EveryCut = Callable[[Path, Path, int], None]


@dataclass
class AbinitRun:
    """2.1 μB from 16 electrons: w = (0.25, 0.75), up 9.0 and 9.0667, down 7.0 and 6.9333."""

    up: tuple[float, float] = (0.0, 0.2 / 3)
    given: str = "ndtset 1 nsppol 2 toldfe 1.0d-5 ngkpt 3 3 3"
    deltae: float = 5.5e-6
    nspinor: int = 1
    nspden: int = 2
    spins: int = 2
    nelect: float = 16.0
    species: tuple[int, ...] = (1, 2)
    extra: dict[str, Any] = field(default_factory=dict)

    def variables(self) -> dict[str, Any]:
        occupations = np.zeros((2, 2, 12))
        occupations[0, :, :9], occupations[1, :, :7] = 1.0, 1.0
        occupations[0, :, 9], occupations[1, :, 6] = self.up, 1 - np.array(self.up)
        return {
            "atom_species": np.array(self.species, dtype="i4"),
            "atomic_numbers": np.array([26.0, 27.0]),
            "deltae": np.array(self.deltae),
            "res2": np.array(4e-6),
            "etotal": np.array(-124.5),
            "input_string": np.frombuffer(self.given.encode().ljust(400, b"\0"), dtype="S1"),
            "ixc": np.array(11, dtype="i4"),
            "kpoint_weights": np.array([0.25, 0.75]),
            "monkhorst_pack_folding": np.array([3, 3, 3], dtype="i4"),
            "nelect": np.array(self.nelect),
            "occupations": occupations[: self.spins],
            "primitive_vectors": 2.71 * (np.ones((3, 3)) - 2 * np.eye(3)),
        } | self.extra

    def write(self, folder: Path, name: str = "feo_DS1_GSR.nc") -> Path:
        with h5py.File(folder / name, "w") as file:
            for key, value in self.variables().items():
                file[key] = value
            for key, length in (("components", self.nspden), ("spinor_components", self.nspinor)):
                file[f"number_of_{key}"] = np.zeros(length, dtype=">f4")
            file.attrs["abinit_version"] = np.bytes_(b"9.6.2")
        return folder / name

    def write_classic(self, folder: Path) -> Path:
        with netcdf_file(folder / "feo_GSR.nc", "w") as file:
            file.abinit_version = b"8.10.3"
            file.createDimension("number_of_components", self.nspden)
            file.createDimension("number_of_spinor_components", self.nspinor)
            for key, value in self.variables().items():
                names = tuple(f"{key}_{i}" for i in range(value.ndim))
                for one, length in zip(names, value.shape, strict=True):
                    file.createDimension(one, length)
                kind = "c" if value.dtype.kind == "S" else value.dtype.newbyteorder(">")
                variable = file.createVariable(key, kind, names)
                if value.ndim:
                    variable[:] = value
                else:
                    variable.data[...] = value
        return folder / "feo_GSR.nc"


def text(moment: float = 2.1, ending: str = "etot is converged :") -> str:
    return f"""
.Version 9.6.2 of ABINIT
== DATASET  1 ==================================================================
 At SCF step   11, {ending}
 Total magnetization (from the atomic spheres):             2.200000
 Total magnetization (exact up - dn): {moment:20.6f}

== END DATASET(S) ==============================================================
 Calculation completed.
.Delivered   0 WARNINGs and   4 COMMENTs to log file.
+Overall time at end (sec) : cpu=          1.1  wall=          4.3
"""


def reason(path: Path) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path)
    return caught.value.reason


@pytest.mark.parametrize("write", [AbinitRun.write, AbinitRun.write_classic])
def test_a_finished_run_is_read(tmp_path: Path, write: Callable[..., Path]) -> None:
    file = write(AbinitRun(), tmp_path)
    found = read_calculation(file)
    assert found == read_calculation(tmp_path)
    assert found.moment_per_cell == pytest.approx(2 + 0.75 * 0.4 / 3)
    assert (found.formula, found.functional, found.k_mesh) == ("Fe1Co1", "PBE", (3, 3, 3))
    assert found.code_version in {"9.6.2", "8.10.3"}
    assert found.volume == pytest.approx(4 * 2.71**3 * BOHR**3)
    assert found.energy == pytest.approx(-124.5 * HARTREE)


@pytest.mark.parametrize("write", [AbinitRun.write, AbinitRun.write_classic])
def test_cut_anywhere(tmp_path: Path, every_cut: EveryCut, write: Callable[..., Path]) -> None:
    file = write(AbinitRun(), tmp_path)
    every_cut(file, file, 60)
    packed = tmp_path / "packed_GSR.nc.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    every_cut(packed, packed, 30)


def test_main_output_is_cross_checked(tmp_path: Path, every_cut: EveryCut) -> None:
    AbinitRun().write(tmp_path)
    main = tmp_path / "fe.abo"
    main.write_text(text())
    assert set(read_calculation(main).files) == {"feo_DS1_GSR.nc", "fe.abo"}
    every_cut(main, tmp_path, 60)
    main.write_text(text(1.5))
    assert "total magnetization 1.5000" in reason(tmp_path)
    main.write_text(text(ending="\n nstep=    4 was not enough SCF cycles to converge;"))
    assert "electronic convergence not reached" in reason(tmp_path)
    main.write_text(text().replace("DATASET  1", "DATASET  2"))
    assert "no dataset 1" in reason(tmp_path)


def test_main_output_alone(tmp_path: Path) -> None:
    (tmp_path / "fe.abo").write_text(text())
    assert "does not hold the occupations" in reason(tmp_path)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (AbinitRun(deltae=0.3), "deltae = 0.3, toldfe = 1e-05"),
        (AbinitRun(given="nsppol 2 toldfe1 1.0d-7"), "toldfe = 1e-07"),
        (AbinitRun(given="nsppol 2"), "nor what its tolerance was"),
        (AbinitRun(given="toldfe 1.0d-5 ionmov 2"), "whether the relaxation converged"),
        (AbinitRun(nspinor=2), "nspinor = 2"),
        (AbinitRun(nspden=4), "nspden = 4"),
        (AbinitRun(spins=1), "antiferromagnet"),
        (AbinitRun(spins=1, nspden=1), "not spin-polarized"),
        (AbinitRun(nelect=17.0), "expected nelect = 17"),
        (AbinitRun(up=(math.nan, 0.0)), "nan electrons"),
    ],
)
def test_what_is_refused(tmp_path: Path, run: AbinitRun, expected: str) -> None:
    assert expected in reason(run.write(tmp_path))
