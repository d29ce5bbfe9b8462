"""Text output of pw.x, made up in its layout."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.dft import RejectedCalculation, read_calculation
from adapters.dft.espresso import BOHR, HARTREE

EveryCut = Callable[[Path, Path, int], None]

TEXT = """
     Program PWSCF v.7.3 starts on  1Jul2025 at 13:46:18

     bravais-lattice index     =            3
     unit-cell volume          =      79.0000 (a.u.)^3
     number of atoms/cell      =            2
     number of electrons       =        32.00
     Exchange-correlation= PBE
                           (   1   4   3   4   0   0   0)

     site n.     atom                  positions (alat units)
         1        Fe1    tau(   1) = (   0.0000000   0.0000000   0.0000000  )
         2        Co     tau(   2) = (   0.5000000   0.5000000   0.5000000  )

     number of k points=    20  Marzari-Vanderbilt smearing, width (Ry)=  0.0100

     iteration #  1     ecut=    30.00 Ry     beta= 0.70
     total energy              =     -22.80294685 Ry
     total magnetization       =     5.00 Bohr mag/cell
     absolute magnetization    =     5.10 Bohr mag/cell

     End of self-consistent calculation

!    total energy              =     -22.80554665 Ry
     total magnetization       =     4.54 Bohr mag/cell
     absolute magnetization    =     4.80 Bohr mag/cell

     convergence has been achieved in   4 iterations

   This run was terminated on:  13:46:20   1Jul2025

=------------------------------------------------------------------------------=
   JOB DONE.
=------------------------------------------------------------------------------=
"""


def reason(path: Path) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path)
    return caught.value.reason


def test_a_finished_run_is_read(tmp_path: Path) -> None:
    (tmp_path / "pw.out").write_text(TEXT)
    found = read_calculation(tmp_path)
    assert (found.moment_per_cell, found.absolute_moment) == (4.54, 4.80)
    assert (found.formula, found.code_version, found.functional) == ("Fe1Co1", "7.3", "PBE")
    assert found.volume == pytest.approx(79.0 * BOHR**3)
    assert found.energy == pytest.approx(-22.80554665 * HARTREE / 2)
    assert "two decimals" in found.remarks[0]
    assert not found.moment_is_fixed


def test_cut_anywhere(tmp_path: Path, every_cut: EveryCut) -> None:
    plain, packed = tmp_path / "pw.out", tmp_path / "pw.out.gz"
    plain.write_text(TEXT)
    every_cut(plain, plain, 200)
    packed.write_bytes(gzip.compress(TEXT.encode()))
    every_cut(packed, packed, 60)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("convergence has been achieved in   4", "convergence NOT achieved after 100", "NOT achieved"),
        ("     convergence has been achieved in   4 iterations\n", "", "electronic convergence not reached"),
        ("magnetization       =     4.54 Bohr", "magnetization       =     0.10     0.0   4.54 Bohr", "non-collinear"),
        ("     total magnetization       =     4.54 Bohr mag/cell\n", "", "not spin-polarized"),
        ("magnetization       =     4.54", "magnetization       =     0.00", "antiferromagnet"),
        ("site n. ", "Error in routine c_bands (1):", "Error in routine"),
        ("bravais-lattice", "Band Structure Calculation", "band structure"),
        ("bravais-lattice", "BFGS Geometry Optimization", "ionic convergence"),
        ("bravais-lattice", "Program PWSCF v.7.3 starts", "several runs"),
        ("         2        Co     tau(   2) =", "", "1 sites"),
    ],
)
def test_what_its_text_gives_away(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in TEXT
    (tmp_path / "pw.out").write_text(TEXT.replace(old, new))
    assert expected in reason(tmp_path / "pw.out")


def test_an_imposed_moment_is_marked(tmp_path: Path) -> None:
    (tmp_path / "pw.out").write_text(TEXT.replace("32.00", "32.00 (up:  18.00, down:  14.00)"))
    assert read_calculation(tmp_path).moment_is_fixed
