from __future__ import annotations

import lzma
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation

if TYPE_CHECKING:
    from pathlib import Path

BOX = "+----------------------------+"


@dataclass
class ElkRun:
    """What Elk 8.4 leaves of a ground state of two loops."""

    species: list[tuple[str, float, int]] = field(default_factory=lambda: [("Fe", 26.0, 1)])
    treatment: str = " spin-polarised\n collinear magnetisation in z-direction"
    kind: str = "| Ground-state run starting from atomic densities |"
    target: str = "Convergence targets achieved"
    moments: list[float] = field(default_factory=lambda: [-2.2, -2.101027384])
    site: float = -2.143294996
    end: str = f"{BOX}\n| Elk version 8.4.30 stopped |\n{BOX}\n"

    def info(self) -> str:
        blocks = "".join(
            f"""
Species :    {i + 1} ({symbol})
 parameters loaded from : {symbol}.in
 nuclear charge    :   {-charge:.8f}
 electronic charge :    {charge:.8f}
 atomic positions (lattice), magnetic fields (Cartesian) :
"""
            + "".join(f"   {a + 1} :   0.00000000  0.50000000  0.00000000    0.0  0.0  0.0\n" for a in range(n))
            for i, (symbol, charge, n) in enumerate(self.species)
        )
        total = sum(n for *_, n in self.species)
        loops = "".join(self._loop(i) for i in range(len(self.moments)))
        return f"""{BOX}
| Elk version 8.4.30 started |
{BOX}

{self.kind}

Unit cell volume      :    78.93337544
{blocks}
Total number of atoms per unit cell :    {total}

Spin treatment :
{self.treatment}

k-point grid :      4     4     6
k-point offset :   0.5000000000      0.5000000000      0.5000000000

Exchange-correlation functional :     20     0     0

| Self-consistent loop started |
{loops}
| Self-consistent loop stopped |

{self.end}"""

    def _loop(self, i: int) -> str:
        done = f"\n{self.target}\n" if i == len(self.moments) - 2 else ""
        return f"""
| Loop number :   {i + 1:2d} |

Energies :
 sum of eigenvalues          :     -736.510682689
 total energy                :     -1272.79838558
 (external B-field energy excluded from total)

Moments :
 interstitial                :   0.4226761200E-01
 muffin-tins
  species :    1 (Fe)
   atom    1                 :   {self.site}
 total in muffin-tins        :   -2.143294996
 total moment                :   {self.moments[i]}
{done}"""

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        (folder / "INFO.OUT").write_text(self.info())
        (folder / "MOMENT.OUT").write_text("".join(f"  {m}    \n" for m in self.moments))
        return folder


def reason(path: Path) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path)
    return caught.value.reason


def test_a_finished_run_is_read(tmp_path: Path) -> None:
    found = read_calculation(ElkRun().write(tmp_path))
    assert found.moment_per_cell == pytest.approx(2.101027384)
    assert found.site_moments == pytest.approx([2.143294996])
    assert (found.code, found.code_version, found.functional) == ("Elk", "8.4.30", "PBE")
    assert (found.formula, found.n_atoms, found.k_mesh) == ("Fe1", 1, (4, 4, 6))
    assert found.volume == pytest.approx(11.69672, abs=1e-4)
    assert found.energy == pytest.approx(-34634.6085, abs=1e-3)
    assert set(found.files) == {"INFO.OUT", "MOMENT.OUT"}


def test_virtual_crystal_keeps_its_fractions(tmp_path: Path) -> None:
    found = read_calculation(ElkRun(species=[("A", 26.25, 2)]).write(tmp_path))
    assert dict(found.composition) == {"Fe": 1.5, "Co": 0.5}
    assert found.n_atoms == 2
    assert found.remarks == ("virtual crystal: nuclear charge 26.25 read as 0.75 Fe and 0.25 Co",)


def test_ordered_cells_and_renamed_species(tmp_path: Path) -> None:
    found = read_calculation(ElkRun(species=[("A", 27.0, 1), ("Fe", 26.0, 3)]).write(tmp_path))
    assert dict(found.composition) == {"Fe": 3.0, "Co": 1.0}
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"treatment": " spin-unpolarised"}, "not spin-polarized"),
        ({"treatment": " spin-polarised\n spin-orbit coupling\n non-collinear magnetisation"}, "spin-orbit"),
        ({"treatment": " spin-polarised\n non-collinear magnetisation"}, "non-collinear"),
        ({"treatment": " spin-polarised"}, "does not say"),
        ({"kind": "| Geometry optimisation starting from atomic densities |"}, "geometry optimisation"),
        ({"target": "Reached self-consistent loops maximum"}, "convergence not reached"),
        ({"end": ""}, "truncated or still running"),
        ({"moments": [0.1, 0.0], "site": 0.0}, "non-magnetic solution"),
        ({"moments": [0.1, 0.0], "site": 2.0}, "antiferromagnet"),
        ({"moments": [float("nan")] * 2}, "damaged"),
        ({"species": []}, "damaged"),
    ],
)
def test_what_yields_no_moment_is_rejected(tmp_path: Path, fields: dict[str, Any], expected: str) -> None:
    assert expected in reason(ElkRun(**fields).write(tmp_path))


def test_moment_file_must_fit(tmp_path: Path) -> None:
    ElkRun().write(tmp_path)
    rows = tmp_path / "MOMENT.OUT"
    for content, expected in (
        ("  -2.2\n  -2.0\n", "not that of INFO.OUT"),
        ("  -2.101027384\n", "truncated or of another run"),
        ("  -2.2\n  ****\n", "damaged"),
        ("", "0 bytes"),
    ):
        rows.write_text(content)
        assert expected in reason(tmp_path)
    rows.unlink()
    assert "missing" in reason(tmp_path)


@pytest.mark.parametrize("name", ["stdout.txt", "elk.log", "std.out"])
def test_a_failed_rerun_in_an_old_folder_is_rejected(tmp_path: Path, name: str) -> None:
    ElkRun().write(tmp_path)
    (tmp_path / name).write_text("Elk code version 8.4.30 started\n\nElk code stopped\n")
    assert read_calculation(tmp_path)
    (tmp_path / name).write_text("\nError(readinput): invalid input\n")
    assert "Error(readinput)" in reason(tmp_path)


def test_moment_alone_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "MOMENT.OUT").write_text("  2.2\n")
    assert "alone" in reason(tmp_path)


@pytest.mark.parametrize("name", ["INFO.OUT", "MOMENT.OUT"])
def test_every_cut_is_rejected(tmp_path: Path, name: str) -> None:
    file = ElkRun().write(tmp_path) / name
    content = file.read_bytes()
    whole = len(content.rstrip()) if name == "INFO.OUT" else len(content)
    for length in range(whole):
        file.write_bytes(content[:length])
        assert reason(tmp_path)
    file.write_bytes(content[:whole])
    assert read_calculation(tmp_path)


def test_compressed_files_are_read_and_cut_ones_are_not(tmp_path: Path, every_cut: Any) -> None:
    ElkRun().write(tmp_path)
    whole = read_calculation(tmp_path)
    for file in (tmp_path / "INFO.OUT", tmp_path / "MOMENT.OUT"):
        file.with_name(f"{file.name}.xz").write_bytes(lzma.compress(file.read_bytes()))
        file.unlink()
    assert read_calculation(tmp_path).moment_per_cell == whole.moment_per_cell
    every_cut(tmp_path / "INFO.OUT.xz", tmp_path, 40)
    every_cut(tmp_path / "MOMENT.OUT.xz", tmp_path, 40)
