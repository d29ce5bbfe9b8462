"""From a design point to a crystal."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pymatgen.core.structure import Structure

from adapters.dft.inputs.crystal import CrystalOptions, Crystals
from adapters.dft.inputs.prototypes import structure_named
from adapters.dft.inputs.sublattices import sublattices_of
from adapters.dft.inputs.supercell import whole_atoms
from loop.errors import AdapterError, CampaignError
from loop.space import Formula, Space

HERE = Path()


def crystals(space: Space, *, fractions: bool = False, **options: object) -> Crystals:
    return Crystals(CrystalOptions.model_validate(options), space, HERE, fractions=fractions)


@pytest.mark.parametrize(
    ("template", "names", "expected"),
    [
        ("Fe{1-a}Co{a}", "a", [(("Fe", "Co"), 1.0)]),
        ("(Nd{1-a}Pr{a})2(Fe{1-b}Co{b})14B", "ab", [(("Nd", "Pr"), 2.0), (("Fe", "Co"), 14.0), (("B",), 1.0)]),
        ("(Nd{0.9-a}Pr{a}Dy{0.1})2Fe14B", "a", [(("Nd", "Pr", "Dy"), 2.0), (("Fe",), 14.0), (("B",), 1.0)]),
    ],
)
def test_sublattices_are_read_off_the_formula(template: str, names: str, expected: list[object]) -> None:
    found = sublattices_of(Formula.parse(template, list(names)))
    assert [(each.elements, each.amount) for each in found] == expected


def test_a_formula_whose_sites_cannot_be_told_is_refused() -> None:
    with pytest.raises(CampaignError, match="the amounts of Fe, Co do not sum to a whole number"):
        sublattices_of(Formula.parse("B Fe{1-a}Co{2*a}", ["a"]))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=4), st.integers(1, 60))
def test_whole_atoms_are_the_nearest_that_fill_the_sites(parts: list[int], sites: int) -> None:
    total = sum(parts) or 1
    shares = {"ABCD"[k]: part / total for k, part in enumerate(parts)} if sum(parts) else {"A": 1.0}
    counts = whole_atoms(shares, sites)
    assert sum(counts.values()) == sites
    distance = max(abs(counts.get(name, 0) - share * sites) for name, share in shares.items())
    best = min(
        max(abs(n - share * sites) for n, share in zip(choice, shares.values(), strict=True))
        for choice in itertools.product(*([int(share * sites), int(share * sites) + 1] for share in shares.values()))
        if sum(choice) == sites
    )
    assert distance <= best + 1e-9


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 1))
def test_fractions_are_the_composition_asked_for(iron_cobalt: Space, x: float) -> None:
    made = crystals(iron_cobalt, fractions=True)
    assert made.realised(made.at([x]), [x]) == pytest.approx((x,), abs=1e-6)


def test_the_nd2fe14b_cell_is_that_of_the_paper() -> None:
    """Contents, volume a formula unit, and the shortest distances of the published structure (in Å)."""
    cell = structure_named("2-14-1", HERE)
    assert cell.composition.get_el_amt_dict() == {"Nd": 8, "Fe": 56, "B": 4}
    assert cell.volume / 4 == pytest.approx(236.19, abs=0.01)
    away = cell.distance_matrix + 9 * np.eye(len(cell))
    of = {name: [k for k, site in enumerate(cell) if site.specie.symbol == name] for name in ("Nd", "Fe", "B")}
    assert away[np.ix_(of["B"], of["Fe"])].min() == pytest.approx(2.1, abs=0.02)
    assert away[np.ix_(of["Fe"], of["Fe"])].min() == pytest.approx(2.39, abs=0.02)


def test_known_structures_have_one_lattice_parameter(iron_cobalt: Space) -> None:
    """B2 and D0_3 are ordered ways to fill a bcc lattice: equal volume an atom, nearest neighbours at a·√3/2."""
    bcc = structure_named("bcc", HERE)
    for name in ("B2", "D0_3"):
        cell = structure_named(name, HERE)
        assert cell.volume / len(cell) == pytest.approx(bcc.volume)
        distances = [neighbour.nn_distance for neighbour in cell.get_neighbors(cell[0], 3.0)]
        assert min(distances) == pytest.approx(2.86 * 0.75**0.5)
    larger = crystals(iron_cobalt, fractions=True, lattice=2.9).at([0.5])
    assert larger.volume == pytest.approx(2.9**3 / 2)


def test_the_nearest_ordered_cell_is_taken_and_says_what_it_is(iron_cobalt: Space) -> None:
    made = crystals(iron_cobalt, structure=["bcc", "D0_3", "B2"], disorder="ordered")
    found = [made.realised(made.at([x]), [x])[0] for x in (0.1, 0.2, 0.3, 0.4, 1.0)]
    assert found == [0.0, 0.25, 0.25, 0.5, 0.5]


def test_a_quasirandom_cell_has_whole_atoms_and_says_what_it_is(magnets: Space) -> None:
    """Nothing to arrange where every sublattice rounds to one element: no icet needed."""
    made = crystals(magnets, structure="2-14-1")
    cell = made.at([0.03, 0.02, 0.001])
    assert cell.composition.get_el_amt_dict() == {"Nd": 8, "Fe": 56, "B": 4}
    assert made.realised(cell, [0.03, 0.02, 0.001]) == pytest.approx((0, 0, 0))


def test_without_icet_the_extra_is_named(iron_cobalt: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icet", None)
    with pytest.raises(AdapterError, match=r"pip install 'douka\[sqs\]'"):
        crystals(iron_cobalt, supercell=[2, 2, 2]).at([0.5])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"structure": "none"}, "is no file, and its name none of the known ones: bcc, fcc, B2, D0_3, 2-14-1"),
        ({"disorder": "fractions"}, "this code needs whole atoms"),
    ],
)
def test_what_cannot_be_is_refused(iron_cobalt: Space, options: dict[str, object], message: str) -> None:
    with pytest.raises(CampaignError, match=message):
        crystals(iron_cobalt, **options)


def test_a_structure_file_that_cannot_be_read_is_named(iron_cobalt: Space, tmp_path: Path) -> None:
    (tmp_path / "cell.cif").write_text("no crystal")
    with pytest.raises(CampaignError, match=r"cell.cif: cannot be read"):
        Crystals(CrystalOptions(structure="cell.cif"), iron_cobalt, tmp_path, fractions=False)


def test_proportions_must_be_those_of_the_formula(magnets: Space) -> None:
    with pytest.raises(CampaignError, match="has 0, 1, 0 sites for Nd/Pr/Ce 2, Fe/Co 14, B 1"):
        crystals(magnets, structure="bcc")


def test_several_structures_are_ordered_ones() -> None:
    with pytest.raises(ValidationError, match="several structures are for disorder = 'ordered'"):
        CrystalOptions(structure=("bcc", "B2"))


@pytest.mark.slow
def test_a_quasirandom_magnet(magnets: Space) -> None:
    """68 atoms: rounded to k/n, every sublattice its own elements, pairs less clustered than a cell filled in order."""
    made = crystals(magnets, structure="2-14-1", cutoff=4.0, steps=3000)
    x = [0.3, 0.0, 0.26]
    cell = made.at(x)
    assert cell.composition.get_el_amt_dict() == {"Nd": 6, "Pr": 2, "Fe": 41, "Co": 15, "B": 4}
    assert made.realised(cell, x) == pytest.approx((2 / 8, 0, 15 / 56))
    plain = structure_named("2-14-1", HERE)
    for site in cell:
        (nearest,) = plain.get_sites_in_sphere(site.coords, 0.01)
        assert site.specie.symbol in {"Nd": ("Nd", "Pr"), "Fe": ("Fe", "Co"), "B": ("B",)}[nearest.specie.symbol]
    assert made.at(x) == cell
    random = 15 / 56 * 14 / 55
    assert abs(_pairs(cell) - random) < abs(_pairs(_in_order(plain)) - random)


def _in_order(plain: Structure) -> Structure:
    """The first fifteen iron sites filled with cobalt."""
    filled = plain.copy()
    for index in [k for k, site in enumerate(plain) if site.specie.symbol == "Fe"][:15]:
        filled.replace(index, "Co")
    return filled


def _pairs(cell: Structure) -> float:
    """Share of Co–Co pairs among the neighbouring pairs (below 2.9 Å) of the transition metals."""
    metals = [site for site in cell if site.specie.symbol in {"Fe", "Co"}]
    pairs = [
        (site.specie.symbol, other.specie.symbol)
        for site in metals
        for other in cell.get_neighbors(site, 2.9)
        if other.specie.symbol in {"Fe", "Co"}
    ]
    return sum(pair == ("Co", "Co") for pair in pairs) / len(pairs)


@pytest.fixture(autouse=True)
def _icet(request: pytest.FixtureRequest) -> None:
    """The quasirandom magnet needs icet, which the group ``engines`` installs."""
    if request.node.get_closest_marker("slow") and importlib.util.find_spec("icet") is None:
        message = "icet is not installed, uv sync --group engines"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
