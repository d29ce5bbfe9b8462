"""Arithmetic of quantities: against Python's own evaluation, and against the definition of linear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import CampaignError
from loop.space import Formula, Space, Variable
from loop.space.arithmetic import REST, Arithmetic
from loop.space.quantities import SpaceQuantities

LEAVES = st.sampled_from(["a", "b", "2", "0.5", "1e-3", "-3"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda part: f"({' '.join(part)})"),
    max_leaves=8,
)


@given(text=EXPRESSIONS, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_a_value_is_that_of_python(text: str, a: float, b: float) -> None:
    known = {"a": np.array([a, 1.0]), "b": np.array([b, 2.0])}
    expected = [eval(text, {}, {"a": one, "b": two}) for one, two in ((a, b), (1.0, 2.0))]  # noqa: S307
    assert Arithmetic.parse(text).value(known) == pytest.approx(np.array(expected), rel=1e-12, abs=1e-12)


@given(first=EXPRESSIONS, second=EXPRESSIONS, rest=EXPRESSIONS, M=st.floats(-5, 5), T=st.floats(-5, 5))
def test_terms_make_the_value(first: str, second: str, rest: str, M: float, T: float) -> None:
    text = f"(M*{first} + {second}*T)/4 - ({rest})"
    known = {"a": np.array([0.3, -1.0]), "b": np.array([2.0, 0.0])}
    terms = Arithmetic.parse(text, unknowns=("M", "T")).terms(known, ("M", "T"))
    whole = Arithmetic.parse(text).value(known | {"M": np.full(2, M), "T": np.full(2, T)})
    assert terms["M"] * M + terms["T"] * T + terms[REST] == pytest.approx(whole, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("text", ["M*M", "M**2", "1/M", "M*T", "2**M", "(M + 1)*(T - a)"])
def test_what_is_not_linear_is_refused(text: str) -> None:
    with pytest.raises(CampaignError, match="not linear in the targets"):
        Arithmetic.parse(text, unknowns=("M", "T"))


@pytest.mark.parametrize("text", ["", "1 +", "f(a)", "a[0]", "a.b", "a < b", "'a'", "True", "a // b", "a; b", "1e999"])
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(CampaignError, match="expression"):
        Arithmetic.parse(text)


@given(text=st.text("ab+-*/(). 123M^%", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = Arithmetic.parse(text, unknowns=("M",))
    except CampaignError:
        return
    found.terms({"a": np.ones(3), "b": np.zeros(3), **dict.fromkeys(found.names, np.ones(3))}, ("M",))


def test_unknown_names_are_told_which_there_are() -> None:
    with pytest.raises(CampaignError, match="uses price, expected a, b"):
        Arithmetic.parse("a*price").require(("a", "b"))


NAMES = ("x", "y")
SPACE = Space(
    (Variable("x", 0.0, 1.0), Variable("y", 0.0, 1.0)),
    Formula.parse("(Nd{1-x}La{x})2(Fe{1-y}Co{y})14B", NAMES),
)


def test_quantities_are_those_of_a_balance() -> None:
    """Weighed out by hand: Nd2Fe7Co7B, molar masses of the standard table."""
    prices = {"Nd": 100.0, "La": 5.0, "Fe": 0.5, "Co": 30.0, "B": 4.0}
    found = SpaceQuantities(SPACE, prices)(np.array([[0.0, 0.5], [1.0, 0.0]]))
    grams = {"Nd": 2 * 144.242, "Fe": 7 * 55.845, "Co": 7 * 58.933, "B": 10.81}
    money = sum(grams[element] * prices[element] for element in grams) / 1000
    assert found["price_per_mol"][0] == pytest.approx(money, rel=1e-3)
    assert found["price_per_kg"][0] == pytest.approx(money / (sum(grams.values()) / 1000), rel=1e-3)
    assert found["Nd"].tolist() == pytest.approx([2 / 17, 0.0])
    assert found["x"].tolist() == [0.0, 1.0]
    assert sum(found[element] for element in prices) == pytest.approx(np.ones(2))


@pytest.mark.parametrize(("prices", "said"), [({"Nd": 1.0}, "prices.La"), ({"Xe": 1.0}, "prices.Xe")])
def test_every_element_needs_one_price(prices: dict[str, float], said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        SpaceQuantities(SPACE, prices)


def test_there_is_nothing_to_price_without_a_formula() -> None:
    plain = Space(SPACE.variables)
    with pytest.raises(CampaignError, match="no formula"):
        SpaceQuantities(plain, {"Nd": 1.0})
    assert SpaceQuantities(plain).names == NAMES


def test_categories_are_no_numbers() -> None:
    space = Space((Variable("x", 0.0, 1.0), Variable.categorical("treatment", ("cast", "annealed"))))
    quantities = SpaceQuantities(space)
    assert quantities.names == ("x",)
    assert list(quantities(np.array([[0.5, 1.0]]))) == ["x"]
