"""What is weighed holds what is wanted: mass balance, with pymatgen's masses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core.composition import Composition

from loop.campaign import Campaign
from loop.errors import CampaignError, CompositionError
from loop.space import Formula, Space, Variable
from loop.synthesis_table import SynthesisTable
from loop.weigh_out import Synthesis

SPACE = Space(
    (Variable("alpha", 0, 1), Variable("delta", 0, 1)),
    Formula.parse("(Nd{1-alpha}Pr{alpha})2(Fe{1-delta}Co{delta})14B", ("alpha", "delta")),
)
TABLE = SynthesisTable.model_validate(
    {
        "batch_mass": 5.0,
        "precursors": {
            "Nd": {"purity": 0.999},
            "praseodymia": {"formula": "Pr6O11", "purity": 0.99},
            "Fe": {"purity": 0.9998},
            "Co": {},
            "ferroboron": {"formula": "FeB", "purity": 0.97},
        },
        "excess": {"Nd": 0.03, "Pr": 0.02},
        "lost": ["O"],
        "conditions": {"route": "arc melting", "anneal": "1273 K for 24 h"},
    }
)
FORMULAS = {"Nd": "Nd", "praseodymia": "Pr6O11", "Fe": "Fe", "Co": "Co", "ferroboron": "FeB"}

UNIT = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(UNIT, st.floats(0, 0.9), st.floats(0.1, 1000))
def test_every_element_is_there_in_the_wanted_mass(alpha: float, delta: float, batch: float) -> None:
    synthesis = Synthesis(TABLE.model_copy(update={"batch_mass": batch}), SPACE)
    found = synthesis.weigh_out((alpha, delta))
    inside: dict[str, float] = {}
    for name, mass in found.grams.items():
        assert mass >= 0
        pure = mass * TABLE.precursors[name].purity
        composition = Composition(FORMULAS[name])
        for element in composition:
            share = composition.get_wt_fraction(element)
            inside[element.symbol] = inside.get(element.symbol, 0.0) + pure * share
    product = Composition(SPACE.formula.amounts((alpha, delta)))  # type: ignore[union-attr]
    for element in ("Nd", "Pr", "Fe", "Co", "B"):
        wanted = batch * product.get_wt_fraction(element) * (1 + TABLE.excess.get(element, 0.0))
        assert inside.get(element, 0.0) == pytest.approx(wanted, rel=1e-6, abs=1e-7 * batch)


def test_pure_precursors_without_excess_weigh_what_the_batch_does() -> None:
    table = SynthesisTable.model_validate(
        {"batch_mass": 2.0, "precursors": {name: {} for name in ("Nd", "Pr", "Fe", "Co", "B")}}
    )
    found = Synthesis(table, SPACE).weigh_out((0.0, 0.25))
    assert sum(found.grams.values()) == pytest.approx(2.0, rel=1e-12)
    assert found.grams["Pr"] == 0
    assert [*found.needed] == ["Nd", "Fe", "Co", "B"]
    assert str(found).startswith("Nd 0.")


def test_what_cannot_be_made_is_said() -> None:
    # All the iron there is comes with boron, and more of it than the compound holds.
    with pytest.raises(CompositionError, match="does not fit"):
        Synthesis(TABLE, SPACE).weigh_out((0.0, 1.0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"precursors": {"Nd": {}, "Pr": {}, "Fe": {}, "Co": {}}}, "none brings B"),
        ({"precursors": {"Nd2O3": {}, "Pr": {}, "Fe": {}, "Co": {}, "B": {}}}, "Nd2O3 brings O"),
        ({"precursors": {"Nd": {}, "Pr": {}, "Fe": {}, "Co": {}, "B": {}, "FeB": {}}}, "stand for each other"),
        ({"precursors": {"neodymium": {}, "Pr": {}, "Fe": {}, "Co": {}, "B": {}}}, "neodymium"),
        ({"excess": {"Dy": 0.1}}, r"excess\.Dy"),
        ({"lost": ["O", "B"]}, "B is in"),
    ],
)
def test_a_recipe_that_cannot_work_is_refused(change: dict[str, object], said: str) -> None:
    table = SynthesisTable.model_validate(
        {**TABLE.model_dump(), "lost": [], "precursors": {"Nd": {}, "Pr": {}, "Fe": {}, "Co": {}, "B": {}}, **change}
    )
    with pytest.raises(CampaignError, match=said):
        Synthesis(table, SPACE)


def test_it_is_a_table_of_the_campaign_file(tmp_path: Path) -> None:
    text = """
title = "made up"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 1] }
[targets.M]
source = "experiment"
unit = "A.m2/kg"
[objective]
target = "M"
[[instruments]]
name = "laboratory"
adapter = "worksheet"
target = "M"
options = { folder = "drop" }
[stop]
experiments = 3
[synthesis]
batch_mass = 1.0
precursors = { Fe = { purity = 0.5 }, Co = {} }
"""
    campaign = Campaign.parse(text, tmp_path / "campaign.toml")
    assert campaign.synthesis is not None
    assert campaign.synthesis.weigh_out((0.0,)).grams == {"Fe": pytest.approx(2.0), "Co": 0.0}
    for wrong in ("purity = 2", "purity = 0", "colour = 1"):
        with pytest.raises(CampaignError, match=r"synthesis\.precursors\.Fe"):
            Campaign.parse(text.replace("purity = 0.5", wrong), tmp_path / "campaign.toml")
