"""What codes are given to read, read back by somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from adapters.dft.inputs.akaikkr import AkaiKkr
from adapters.dft.inputs.crystal import CrystalOptions, Crystals
from adapters.dft.inputs.elk import Elk
from adapters.dft.inputs.espresso import Espresso
from adapters.dft.inputs.vasp import Vasp
from loop.errors import AdapterError, DataError
from loop.space import Space

BOHR = 0.529177210903
SPECIES = """ '{name}'                       : spsymb
 '{name}'                                  : spname
  -{charge}.0000                           : spzn
   1   0   1   2.00000    T                : nsp, lsp, ksp, occsp, spcore
   3   0   1   2.00000    {core}
   3   2   3   {electrons}.00000    F
   4   0   1   {outer}.00000    F
"""


@pytest.fixture
def species(tmp_path: Path) -> Path:
    folder = tmp_path / "species"
    folder.mkdir()
    for name, charge, electrons, outer, core in (
        ("Fe", 26, 2, 2, "F"), ("Co", 27, 3, 2, "T"), ("Ni", 28, 4, 2, "T"), ("Cu", 29, 6, 1, "T"),
    ):  # fmt: skip
        text = SPECIES.format(name=name, charge=charge, electrons=electrons, outer=outer, core=core)
        (folder / f"{name}.in").write_text(text)
    return folder


def crystal(space: Space, x: list[float], *, fractions: bool = False, **options: object):
    return Crystals(CrystalOptions.model_validate(options), space, Path(), fractions=fractions).at(x)


def elk_blocks(text: str) -> dict[str, list[str]]:
    """Name → lines, as Elk's manual says: a name, its values, an empty line."""
    assert text.endswith("\n\n")
    return {block.split("\n")[0]: block.split("\n")[1:] for block in text.strip("\n").split("\n\n")}


def out(folder: Path) -> Path:
    (folder / "out").mkdir()
    return folder / "out"


def test_elk_virtual_crystal(iron_cobalt: Space, species: Path, tmp_path: Path) -> None:
    folder = out(tmp_path)
    Elk(species=str(species)).write(crystal(iron_cobalt, [0.25], fractions=True), folder)
    blocks = elk_blocks((folder / "elk.in").read_text())
    assert [line.strip() for line in blocks["atoms"][:3]] == ["1", "'A.in'", "1"]
    assert blocks["ngridk"] == ["  10 10 10"]
    cell = np.array([line.split() for line in blocks["avec"]], dtype=float) * BOHR
    assert abs(np.linalg.det(cell)) == pytest.approx(2.86**3 / 2)
    assert float(blocks["bfieldc"][0].split()[2]) == 0.01
    assert blocks["reducebf"] == ["  0.5"]
    # The species file differs from the package's in name, charge and the one shell, in nothing else.
    made, given = (file.read_text().splitlines() for file in (folder / "A.in", species / "Fe.in"))
    changed = [new.split() for new, old in zip(made, given, strict=True) if new.split() != old.split()]
    assert changed == [
        ["'A'", ":", "spsymb"],
        ["-26.25000000", ":", "spzn"],
        ["3", "2", "3", "2.25000000", "F"],
    ]


def test_elk_ordered_cell(iron_cobalt: Space, species: Path, tmp_path: Path) -> None:
    folder = out(tmp_path)
    Elk(species=str(species), k_mesh=(4, 4, 4)).write(
        crystal(iron_cobalt, [0.25], structure="D0_3", disorder="ordered"), folder
    )
    lines = [line.strip() for line in elk_blocks((folder / "elk.in").read_text())["atoms"]]
    assert lines[:3] == ["2", "'Co.in'", "1"]
    assert lines[4:6] == ["'Fe.in'", "3"]
    assert (folder / "Co.in").read_text() == (species / "Co.in").read_text()


def test_elk_refuses_what_a_mean_charge_cannot_tell(species: Path, tmp_path: Path) -> None:
    from pymatgen.core.structure import Structure

    cell = Structure(np.eye(3) * 3, [{"Fe": 0.5, "Ni": 0.5}], [[0, 0, 0]])
    with pytest.raises(DataError, match="expected two neighbours"):
        Elk(species=str(species)).write(cell, out(tmp_path))


def test_elk_refuses_neighbours_that_differ_in_two_shells(species: Path, tmp_path: Path) -> None:
    from pymatgen.core.structure import Structure

    cell = Structure(np.eye(3) * 3, [{"Ni": 0.5, "Cu": 0.5}], [[0, 0, 0]])
    with pytest.raises(DataError, match="Ni and Cu differ in more than one electron"):
        Elk(species=str(species)).write(cell, out(tmp_path))


def test_elk_names_a_missing_species_file(iron_cobalt: Space, tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"no species file .*Fe.in.*apt-get install elk-lapw"):
        Elk(species=str(tmp_path)).write(crystal(iron_cobalt, [0.0], fractions=True), out(tmp_path))


def test_espresso_input_is_what_pymatgen_reads(iron_cobalt: Space, tmp_path: Path) -> None:
    from pymatgen.io.pwscf import PWInput

    folder, potentials = out(tmp_path), tmp_path / "pseudo"
    potentials.mkdir()
    for name in ("Fe.UPF", "Co.UPF"):
        (potentials / name).write_text(name)
    code = Espresso(pseudopotentials={"Fe": "Fe.UPF", "Co": "Co.UPF"}, folder=str(potentials))
    cell = crystal(iron_cobalt, [0.5], structure="B2", disorder="ordered")
    code.write(cell, folder)
    text = (folder / "pw.in").read_text()
    assert re.findall(r"starting_magnetization\((\d)\) = (\S+)", text) == [("1", "0.5"), ("2", "0.5")]
    # pymatgen's reader takes an indexed key for a property of sites and fails.
    read = PWInput.from_str(re.sub(r".*starting_magnetization.*\n", "", text))
    assert read.structure.matches(cell)
    assert read.sections["system"]["nspin"] == 2
    assert (read.kpoints_grid, read.kpoints_shift) == ((7, 7, 7), (1, 1, 1))
    assert sorted(path.name for path in folder.iterdir()) == ["Co.UPF", "Fe.UPF", "pw.in"]


def test_espresso_names_what_is_missing(iron_cobalt: Space, tmp_path: Path) -> None:
    cell = crystal(iron_cobalt, [0.0])
    with pytest.raises(AdapterError, match=r"Fe.UPF cannot be copied .*quantum-espresso-data"):
        Espresso(pseudopotentials={"Fe": "Fe.UPF"}, folder=str(tmp_path)).write(cell, out(tmp_path))
    with pytest.raises(AdapterError, match="has no file for Fe, only for Co"):
        Espresso(pseudopotentials={"Co": "Co.UPF"}).write(cell, tmp_path)


@pytest.mark.slow  # pymatgen's input sets take seconds to import
def test_vasp_inputs_without_licensed_files(iron_cobalt: Space, tmp_path: Path) -> None:
    from pymatgen.io.vasp.inputs import Incar, Kpoints, Poscar

    folder = out(tmp_path)
    cell = crystal(iron_cobalt, [0.25], structure="D0_3", disorder="ordered")
    Vasp(k_mesh=(6, 6, 6), incar={"ENCUT": 400}).write(cell, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["INCAR", "KPOINTS", "POSCAR", "POTCAR.spec"]
    poscar, incar = Poscar.from_file(folder / "POSCAR"), Incar.from_file(folder / "INCAR")
    assert poscar.structure.matches(cell)
    start = dict(zip(poscar.site_symbols, ({"Fe": 4.0, "Co": 3.0}[name] for name in poscar.site_symbols), strict=True))
    assert incar["MAGMOM"] == [start[site.specie.symbol] for site in poscar.structure]
    assert (incar["ISPIN"], incar["ENCUT"], incar["NSW"]) == (2, 400, 0)
    assert tuple(Kpoints.from_file(folder / "KPOINTS").kpts[0]) == (6, 6, 6)
    potentials = (folder / "POTCAR.spec").read_text().split()
    assert [name.split("_")[0] for name in potentials] == list(poscar.site_symbols)


@pytest.mark.parametrize("code", [Vasp(), Espresso()])
def test_whole_atoms_are_asked_for(iron_cobalt: Space, tmp_path: Path, code: Vasp | Espresso) -> None:
    with pytest.raises(DataError, match=r"needs whole atoms, found Fe:0\.5.*Co:0\.5"):
        code.write(crystal(iron_cobalt, [0.5], fractions=True), out(tmp_path))


def specx_words(text: str) -> list[str]:
    """As specx reads: comment lines away, words between blanks and commas."""
    lines = [line for line in text.splitlines() if not re.match(r"[c#]", line)]
    return " ".join(lines).replace(",", " ").split()


def test_akaikkr_input(iron_cobalt: Space, tmp_path: Path) -> None:
    folder = out(tmp_path)
    AkaiKkr().write(crystal(iron_cobalt, [0.3], fractions=True), folder)
    words = specx_words((folder / "akaikkr.in").read_text())
    assert words[:3] == ["go", "potential", "bcc"]
    assert float(words[3]) * BOHR == pytest.approx(2.86)
    assert words[9:15] == ["0.001", "1", "sra", "pbe", "mag", "init"]
    assert words[15:17] == ["update", "8"]
    ncmp = words.index("CoFe1") + 1
    assert words[ncmp : ncmp + 8] == ["2", "0", "0.0", "2", "26", "70.000000", "27", "30.000000"]
    assert words[-6:] == ["1", "0.00000000a", "0.00000000b", "0.00000000c", "CoFe1", "end"]


def test_akaikkr_input_of_the_magnet(magnets: Space, tmp_path: Path) -> None:
    folder = out(tmp_path)
    AkaiKkr().write(crystal(magnets, [0.25, 0.0, 0.2], fractions=True, structure="2-14-1"), folder)
    words = specx_words((folder / "akaikkr.in").read_text())
    assert words[2] == "st"
    assert [float(word) for word in words[3:9]] == pytest.approx([8.8 / BOHR, 12.2 / 8.8, 1, 90, 90, 90])
    assert words[words.index("update") + 4] == "9"  # kinds of site: two of rare earth, six of iron, one of boron
    places = [word for word in words if re.fullmatch(r"-?[\d.]+a", word)]
    assert len(places) == 68
    assert words[words.index(places[0]) - 1] == "68"
