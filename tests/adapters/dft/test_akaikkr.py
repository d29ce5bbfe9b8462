"""AkaiKKR outputs, made up in the layout of specx 2021 and later."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.dft import RejectedCalculation, read_calculation

EveryCut = Callable[[Path, Path, int], None]

END = """
 sbtime report
  routine           1         2         3         4
  count         17627     17626     18189       122
  cpu(sec)     234.20    157.16     27.71      1.70

 elapsed time         3.17 sec ( 24 threads)


"""


@dataclass(frozen=True)
class Run:
    """A site of Fe0.1Ni0.9 by default: 0.1 · 2.7 + 0.9 · 0.57 − 0.01 between the spheres = 0.773 μB."""

    sites: tuple[tuple[str, tuple[tuple[float, float, float], ...]], ...] = (
        ("FeNi", ((26.0, 0.1, 2.7), (28.0, 0.9, 0.57))),
    )
    atoms: tuple[str, ...] = ("FeNi",)
    total: float | None = None
    interstitial: float = -0.01
    go: str = "go"
    magtyp: str = "mag"
    sdftyp: str = "pbeasa"
    note: str = ""
    volume: float = 76.82573
    f_in_core: dict[int, int] = field(default_factory=dict)

    def moment(self) -> float:
        of_type = {name: sum(c * m for _, c, m in parts) for name, parts in self.sites}
        return sum(of_type[name] for name in self.atoms) + self.interstitial

    def text(self) -> str:
        total = self.moment() if self.total is None else self.total
        parts = [part for _, components in self.sites for part in components]
        types = "".join(
            f"   type={name:<30} rmt= 0.55267 field=  0.000   lmxtyp=  3\n"
            + "".join(
                f"                  component={i:2d}  anclr={z:7.2f}  conc={c:7.4f}\n"
                for i, (z, c, _) in enumerate(components, start=1)
            )
            for name, components in self.sites
        )
        atoms = "".join(f"   position=   0.00000000   0.00000000   0.00000000  type={name}\n" for name in self.atoms)
        cores = "".join(
            f"   core configuration for Z={z:3.0f}\n"
            "   state  1s 2s 2p 3s 3p 3d 4s 4p 4d 5s 5p 4f 5d 6s 6p 5f 6d 7s\n"
            "    up     1  1  3  1  3  0  0  0  0  0  0  0  0  0  0  0  0  0\n"
            f"   down    1  1  3  1  3  0  0  0  0  0  0{self.f_in_core.get(int(z), 0):3d}  0  0  0  0  0  0\n\n"
            for z, _, _ in parts
        )
        blocks = "".join(
            f"                             *** type-name     Xx (z={z:5.1f}) ***\n"
            f"   core charge in the muffin-tin sphere =18.0000000\n"
            f"   spin moment={m:10.5f}  orbital moment=   0.00000\n\n"
            for z, _, m in parts
        )
        return f"""   data read in
   go={self.go}      file=pot.dat
   brvtyp=aux     a=  4.77171  c/a= 0.00000  b/a= 0.00000
   edelt= 1.0E-03  ewidth=  1.000  reltyp=sra    sdftyp={self.sdftyp}
   magtyp={self.magtyp}     record=init  outtyp=update  bzqlty=8
   maxitr=200  pmix= 0.02000  mixtyp=tchb-brydn
   ntyp={len(self.sites):3d}  natm={len(self.atoms):3d}  ncmpx={len(parts):3d}

   complex energy mesh
   1( -1.0000, 0.0000)

   unit cell volume={self.volume:12.5f}(a.u.)

   type of site
{types}
   atoms in the unit cell
{atoms}
   itr=  1      rms error =  0.245
{cores}
   ***** self-consistent iteration starts *****
   itr=  1 neu=    1.5826  moment=  0.2390  te=  -2991.35154968  err=  0.990
   itr=  2 neu=   -0.0000  moment={total:8.4f}  te=  -2992.00764123  err= -6.343
   interval=  2     cpu time=      3.09 sec
   {self.note}
   itr=  2  neu -0.0000  chr,spn   9.8000{total:9.4f}  intc,ints  0.0000{self.interstitial:8.4f}
   rms err= -6.343 -6.723 -6.368 -6.737
   band energy=    3.594131951   total energy=  -2992.007641228

{blocks}
"""


def written(folder: Path, *runs: Run, end: str = END) -> Path:
    file = folder / "out_go.log"
    head = " 24-Sep-2026\n    11:15:09\n    meshr   mse    ng   mxl\n      400    35    21     4\n\n"
    file.write_text(head + "".join(run.text() for run in runs) + end)
    return file


def reason(path: Path) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path)
    return caught.value.reason


def test_components_are_weighted_by_concentration(tmp_path: Path) -> None:
    found = read_calculation(written(tmp_path, Run()))
    assert found == read_calculation(tmp_path)
    assert found.moment_per_cell == pytest.approx(0.1 * 2.7 + 0.9 * 0.57 - 0.01)
    assert dict(found.composition) == {"Fe": 0.1, "Ni": 0.9}
    assert (found.code, found.functional, found.converged) == ("AkaiKKR", "PBE", True)
    assert found.volume == pytest.approx(76.82573 * 0.529177210903**3)
    assert found.energy == pytest.approx(-2992.007641228 * 13.605693, rel=1e-6)
    assert found.site_moments == pytest.approx((0.783,))
    assert "atomic sphere approximation" in found.remarks


def test_sites_types_vacancies_and_frozen_4f(tmp_path: Path) -> None:
    sites = (
        ("Sm", ((62.0, 1.0, -0.55),)),
        ("Co", ((27.0, 1.0, 1.51),)),
        ("B", ((5.0, 0.975, -0.01), (0.0, 0.025, 0.0))),
    )
    run = Run(sites=sites, atoms=("Sm", "Co", "Co", "B"), f_in_core={62: 5}, sdftyp="mjw")
    found = read_calculation(written(tmp_path, run))
    assert dict(found.composition) == {"Sm": 1.0, "Co": 2.0, "B": 0.975}
    assert found.moment_per_cell == pytest.approx(run.moment(), abs=1e-4)
    assert (found.frozen_4f, found.functional) == (("Sm",), "LDA (MJW)")


def test_of_several_runs_of_one_cell_the_last_counts(tmp_path: Path) -> None:
    first, last = Run(note=" *** no convergence"), Run(go="fsm")
    found = read_calculation(written(tmp_path, first, last, Run(go="dos", total=0.1)))
    assert found.moment_per_cell == pytest.approx(last.moment())
    assert found.moment_is_fixed
    assert "last of 2 self-consistent runs in the file" in found.remarks
    assert "no convergence" in reason(written(tmp_path, last, first))


def test_runs_of_different_cells_are_not_one_calculation(tmp_path: Path) -> None:
    other = Run(sites=(("FeNi", ((26.0, 0.2, 2.7), (28.0, 0.8, 0.57))),))
    assert "several calculations in one file" in reason(written(tmp_path, Run(), other))
    assert "several calculations in one file" in reason(written(tmp_path, Run(), Run(volume=80.0)))


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run(note="*** no convergence"), "electronic convergence not reached"),
        (Run(note="***err in spmain...fspin data not found"), "the run failed"),
        (Run(magtyp="nmag"), "not spin-polarized"),
        (Run(magtyp="lmd"), "local moment disorder"),
        (Run(go="dos"), "no self-consistent run"),
        (Run(total=0.9), "not the concentration-weighted sum"),
        (
            Run(total=0.0, sites=(("A", ((26.0, 0.5, 2.1), (26.0, 0.5, -2.1))),), atoms=("A",), interstitial=0.0),
            "moment",
        ),
        (Run(sites=(("A", ((26.0, 0.5, 2.1), (26.0, 0.4, -2.1))),), atoms=("A",)), "add up to 0.9"),
    ],
)
def test_what_is_refused(tmp_path: Path, run: Run, expected: str) -> None:
    assert expected in reason(written(tmp_path, run))


def test_a_lost_component_is_noticed(tmp_path: Path) -> None:
    file = written(tmp_path, Run())
    text = file.read_text()
    file.write_text(text.replace("   spin moment=   0.57000  orbital moment=   0.00000\n", ""))
    assert "moments of 1 components, expected ncmpx = 2" in reason(file)


def test_cut_anywhere(tmp_path: Path, every_cut: EveryCut) -> None:
    plain = written(tmp_path, Run())
    every_cut(plain, plain, 200)
    plain = written(tmp_path, Run(), replace(Run(), go="fsm"))
    every_cut(plain, tmp_path, 200)
    packed = tmp_path / "packed.bz2"
    packed.write_bytes(bz2.compress(plain.read_bytes()))
    every_cut(packed, packed, 60)
