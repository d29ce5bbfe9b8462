"""Formulas: design points become compositions and back, and nothing else gets through."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loop.errors import CampaignError, CompositionError, DataError
from loop.space import Formula, LinearExpression, Space, Variable

NAMES = ("alpha", "beta", "gamma", "delta", "zeta")
TEMPLATE = "(Nd{1-alpha-beta-gamma}Pr{alpha}La{beta}Ce{gamma})2(Fe{1-delta-zeta}Co{delta}Ni{zeta})14B"
MAGNET = Formula.parse(TEMPLATE, NAMES)

UNIT = st.floats(0, 1).map(lambda value: round(value, 6))
POINTS = st.tuples(*[UNIT] * 5).filter(lambda x: x[0] + x[1] + x[2] <= 1 and x[3] + x[4] <= 1)


def _by_hand(x: tuple[float, ...]) -> dict[str, float]:
    a, b, g, d, z = x
    return {
        "Nd": 2 * (1 - a - b - g), "Pr": 2 * a, "La": 2 * b, "Ce": 2 * g,
        "Fe": 14 * (1 - d - z), "Co": 14 * d, "Ni": 14 * z, "B": 1.0,
    }  # fmt: skip


@given(x=POINTS)
def test_amounts_are_those_of_the_formula(x: tuple[float, ...]) -> None:
    assert MAGNET.amounts(x) == pytest.approx(_by_hand(x), abs=1e-12)


@settings(deadline=None)
@given(x=POINTS)
def test_every_point_is_a_composition_of_pymatgen(x: tuple[float, ...]) -> None:
    found = MAGNET.composition(x)
    present = {name: value for name, value in _by_hand(x).items() if value > 1e-6}
    assert found.get_el_amt_dict() == pytest.approx(present, abs=1e-9)
    assert found.num_atoms == pytest.approx(17, abs=1e-5)


@given(x=POINTS, cells=st.sampled_from([0.25, 1, 2, 4, 8, 68]))
def test_a_composition_gives_its_point_back_whatever_the_cell(x: tuple[float, ...], cells: float) -> None:
    MAGNET.check(x)
    found, units = MAGNET.point({name: cells * value for name, value in _by_hand(x).items()})
    assert found == pytest.approx(x, abs=1e-9)
    assert units == pytest.approx(cells, rel=1e-9)


@given(x=st.tuples(*[st.floats(-0.5, 1.5)] * 5))
def test_a_point_is_refused_exactly_where_an_occupancy_leaves_zero_to_one(x: tuple[float, ...]) -> None:
    occupancies = [*x, 1 - x[0] - x[1] - x[2], 1 - x[3] - x[4]]
    distance = min(min(value, 1 - value) for value in occupancies)
    assume(abs(distance) > 2e-6)
    if distance > 0:
        MAGNET.check(x)
    else:
        with pytest.raises(CompositionError, match="expected 0 to 1"):
            MAGNET.check(x)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ((0.5, 0.4, 0.2, 0, 0), "of Nd is -0.1 at alpha = 0.5, beta = 0.4, gamma = 0.2.*1-alpha-beta-gamma"),
        ((0, 0, 0, 0.7, 0.4), "of Fe is -0.1 at delta = 0.7, zeta = 0.4.*1-delta-zeta"),
        ((-0.1, 0, 0, 0, 0), "of Nd is 1.1 at alpha = -0.1"),
    ],
)
def test_the_refusal_names_element_point_and_rule(x: tuple[float, ...], said: str) -> None:
    with pytest.raises(CompositionError, match=said):
        MAGNET.check(x)


@given(x=POINTS, factor=st.floats(1.001, 3), element=st.sampled_from(["Nd", "Fe", "B"]))
def test_wrong_sublattice_sums_are_no_member(x: tuple[float, ...], factor: float, element: str) -> None:
    amounts = _by_hand(x)
    assume(amounts[element] * (factor - 1) > 1e-3)
    amounts[element] *= factor
    with pytest.raises(CompositionError):
        MAGNET.point(amounts)


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ({"Nd": 2, "Fe": 13, "Mn": 1, "B": 1}, "Mn does not occur"),
        ({"Nd": 2, "Fe": 14}, "Nd2 Fe14 is no member"),
        ({}, "no member"),
        ({"Nd": float("nan"), "Fe": 14, "B": 1}, "no member"),
        ({"Nd": -2, "Fe": -14, "B": -1}, "no member"),
        ({"Nd": 3, "Pr": -1, "Fe": 14, "B": 1}, "occupancy of Nd is 1.5"),
    ],
)
def test_a_foreign_composition_is_named(amounts: dict[str, float], said: str) -> None:
    with pytest.raises(CompositionError, match=said):
        MAGNET.point(amounts)


def test_absent_foreign_elements_do_no_harm() -> None:
    assert MAGNET.point({"Nd": 2, "Fe": 14, "B": 1, "Mn": 0})[0] == (0, 0, 0, 0, 0)


def test_a_formula_that_hides_its_variables_cannot_be_inverted() -> None:
    hidden = Formula.parse("Fe{1-a-b}Co{a+b}".replace("a+b", "a--b"), ("a", "b"))
    with pytest.raises(CompositionError, match="does not determine"):
        hidden.point({"Fe": 1})


@pytest.mark.parametrize(
    ("x", "label"),
    [((0, 0, 0, 0, 0), "Nd2Fe14B"), ((0.5, 0, 0, 0.5, 0), "NdPrFe7Co7B"), ((0, 1, 0, 0, 0.1), "La2Fe12.6Ni1.4B")],
)
def test_labels_are_what_a_chemist_writes(x: tuple[float, ...], label: str) -> None:
    assert MAGNET.label(x) == label


BAD_TEMPLATES = [
    "", "   ", "fe2", "Fe2O3!", "((Fe)2)", "(Fe", "Fe)2", "()2Fe", "(Fe)1.2.3", "(Fe).", "Fe1.2.3", "Fe{", "Fe{}",
    "Fe{a", "Fe{a}}", "Fe{a;b}", "Fe{a=1}", "Fe{a b}", "Fe{a*a}", "Fe{a**2}", "Fe{1/a}", "Fe{a/0}", "Fe{sin(a)}",
    "Fe{'a'}", "Fe{True}", "Fe{1j}", "Fe{1e999}", "Fe{a if a else a}", "Fe{a\0}", "Xx2", "Fe{1-eps}", "Fe{lambda}",
    "Fe{__import__('os')}", "Fe{[a]}", "Fe{" + "(" * 300 + "a" + ")" * 300 + "}", "Fe{" + "9" * 400 + "}",
]  # fmt: skip


@pytest.mark.parametrize("template", BAD_TEMPLATES)
def test_a_malformed_formula_is_a_campaign_error_that_quotes_it(template: str) -> None:
    with pytest.raises(CampaignError) as caught:
        Formula.parse(template, ("a",))
    inside = re.search(r"\{(.*)\}", template)
    quoted = (repr(template)[1:-1], repr(inside[1])[1:-1] if inside else "")
    assert any(piece in str(caught.value) for piece in quoted)


@given(text=st.text("FeCo12{}()ab+-*/. ", max_size=20))
def test_any_text_is_a_formula_or_a_campaign_error(text: str) -> None:
    try:
        formula = Formula.parse(text, ("a", "b"))
    except CampaignError:
        return
    assert formula.sites


@st.composite
def _expressions(draw: st.DrawFn) -> str:
    number = st.sampled_from(["1", "2", "0.5", "3.25"])
    leaf = st.one_of(number, st.sampled_from(["a", "b"]))
    text = draw(leaf)
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["{}+{}", "{}-{}", "({})*{}", "({})/{}", "-({})"]))
        other = draw(number if "*" in kind or "/" in kind else leaf)
        text = kind.format(text, other)
    return text


@given(text=_expressions(), a=st.floats(-2, 2), b=st.floats(-2, 2))
def test_a_linear_expression_is_what_python_computes(text: str, a: float, b: float) -> None:
    found = LinearExpression.parse(text)
    value = found.constant + found.vector(("a", "b")) @ np.array([a, b])
    assert value == pytest.approx(eval(text, {"a": a, "b": b}), abs=1e-9)  # noqa: S307


def test_number_times_bracket_is_linear_too() -> None:
    assert LinearExpression.parse("2*(1-a)").vector(("a",)) == pytest.approx([-2])


def test_a_foreign_name_is_named_with_those_there_are() -> None:
    with pytest.raises(CampaignError, match="'1-x' uses x, which is no design variable; there are a, b"):
        LinearExpression.parse("1-x").vector(("a", "b"))


SPACE = Space(tuple(Variable(name, 0, 1) for name in NAMES), MAGNET)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ((0, 0), "has 2 values, expected 5: alpha, beta, gamma, delta, zeta"),
        ((0, 0, 0, 0, 1.01), "zeta = 1.01, expected 0 to 1"),
        ((0, float("nan"), 0, 0, 0), "beta = nan, expected 0 to 1"),
        ((0, 0, float("inf"), 0, 0), "gamma = inf"),
        ((0.6, 0.6, 0, 0, 0), "must hold"),
    ],
)
def test_a_point_outside_the_space_is_named(x: tuple[float, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        SPACE.check(x)


def test_points_without_a_formula_are_named_by_their_coordinates() -> None:
    space = Space((Variable("t", 0, 10), Variable("p", -1, 1)))
    assert space.label((2.5, -0.5)) == "t = 2.5, p = -0.5"
    with pytest.raises(CompositionError, match="no formula"):
        space.point_of({"Fe": 1})


@pytest.mark.parametrize("bounds", list(itertools.product([float("nan"), float("inf"), 1.0], [0.0, float("nan"), 1.0])))
def test_bounds_must_be_finite_and_increasing(bounds: tuple[float, float]) -> None:
    with pytest.raises(CampaignError, match=r"variable 'a': bounds are \["):
        Variable("a", *bounds)


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "a.b"])
def test_a_variable_needs_a_name_that_formulas_can_use(name: str) -> None:
    with pytest.raises(CampaignError, match="expected an identifier"):
        Variable(name, 0, 1)
