"""Measured compositions find their place in the design space, with the uncertainty they really have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.errors import CompositionError
from loop.space import Formula, Space, Variable, realised_point

NAMES = ("alpha", "beta", "delta")
FORMULA = Formula.parse("(Nd{1-alpha-beta}Pr{alpha}La{beta})2(Fe{1-delta}Co{delta})14B", NAMES)
SPACE = Space(tuple(Variable(name, 0, 1) for name in NAMES), FORMULA)
SEEN = ("Nd", "Pr", "La", "Fe", "Co")


def _shares(x: tuple[float, ...], elements: tuple[str, ...] = SEEN) -> dict[str, float]:
    amounts = FORMULA.amounts(x)
    total = sum(amounts[name] for name in elements)
    return {name: 100 * amounts[name] / total for name in elements}


def _same(sigma: float, elements: tuple[str, ...] = SEEN) -> dict[str, float]:
    return dict.fromkeys(elements, sigma)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 1))
def test_an_exact_composition_is_found_exactly(alpha: float, beta: float, delta: float) -> None:
    found = realised_point(SPACE, _shares((alpha, beta, delta)), _same(0.1))
    np.testing.assert_allclose(found.x, (alpha, beta, delta), atol=1e-8)
    assert found.misfit < 1e-9
    SPACE.check_inside(found.x)


def test_the_uncertainty_is_that_of_repeated_measurements() -> None:
    rng = np.random.default_rng(3)
    x = (0.3, 0.2, 0.4)
    true = _shares(x)
    found = [
        realised_point(SPACE, {name: share + rng.normal(0, 0.3) for name, share in true.items()}, _same(0.3))
        for _ in range(400)
    ]
    points = np.array([one.x for one in found])
    stated = np.array([one.uncertainty for one in found])
    z = (points - x) / stated
    assert np.all(abs(points.mean(axis=0) - x) < 4 * points.std(axis=0) / 20)
    assert np.all(np.mean(abs(z) < 2, axis=0) > 0.92)
    np.testing.assert_allclose(np.median(stated, axis=0), points.std(axis=0), rtol=0.35)


def test_a_point_just_outside_is_moved_to_the_edge_and_one_far_outside_is_not() -> None:
    narrow = Space((Variable("alpha", 0, 0.5), Variable("beta", 0, 1), Variable("delta", 0, 1)), FORMULA)
    near = realised_point(narrow, _shares((0.505, 0.1, 0.3)), _same(0.1))
    assert near.x[0] == pytest.approx(0.5, abs=1e-9)
    narrow.check_inside(near.x)
    far = realised_point(narrow, _shares((0.8, 0.1, 0.3)), _same(0.1))
    assert far.x[0] == pytest.approx(0.8)


def test_noise_cannot_push_an_occupancy_below_zero() -> None:
    shares = {**_shares((0.6, 0.4, 0.0)), "Nd": 0.0, "Co": 0.0}
    shares["La"] += 0.2
    found = realised_point(SPACE, shares, _same(0.2))
    SPACE.check_inside(found.x)


def test_variables_beside_the_formula_are_taken_as_said() -> None:
    space = Space(
        (*SPACE.variables, Variable("anneal", 800, 1200)), Formula.parse(FORMULA.template, (*NAMES, "anneal"))
    )
    found = realised_point(space, _shares((0.1, 0.1, 0.1)), _same(0.1), {"anneal": 1000.0})
    assert found.x[3] == 1000.0
    assert found.uncertainty[3] == 0.0
    with pytest.raises(CompositionError, match="anneal"):
        realised_point(space, _shares((0.1, 0.1, 0.1)), _same(0.1))


def test_what_is_no_member_is_refused() -> None:
    good = _shares((0.1, 0.1, 0.1))
    for shares, said in (
        ({**good, "Dy": 1.0}, "Dy does not occur"),
        ({**good, "Fe": -1.0}, "zero or more"),
        ({**good, "Fe": 20.0}, "is off"),
        ({"Nd": 80.0, "Pr": 20.0}, "do not determine"),
    ):
        with pytest.raises(CompositionError, match=said):
            realised_point(SPACE, shares, _same(0.1, tuple(shares)))
    with pytest.raises(CompositionError, match="uncertainty"):
        realised_point(SPACE, good, _same(0.0))
    with pytest.raises(CompositionError, match="no formula"):
        realised_point(Space(SPACE.variables), good, _same(0.1))
