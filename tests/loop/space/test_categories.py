"""Categorical variables: names outside, positions inside, and nothing that violates a condition on them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.errors import CampaignError, CompositionError, DataError
from loop.space import (
    Cardinality,
    Constraint,
    Forbidden,
    Formula,
    Linear,
    Space,
    Variable,
    condition,
    grid,
    polish,
    scattered,
)

TREATMENT = Variable.categorical("treatment", ["as cast", "annealed", "sputtered"])
GAS = Variable.categorical("gas", ["Ar", "N2"])
A, B = Variable("a", 0, 1), Variable("b", 0, 1)
AXES = (A, TREATMENT, B, GAS)
NAMES = tuple(each.name for each in AXES)
CONDITIONS: list[Constraint] = [
    condition("treatment != annealed", AXES),
    condition("gas = 'N2'", AXES),
    condition("a + b = 1", AXES),
    condition("2*a >= b - 0.3", AXES),
    Forbidden((condition("treatment = sputtered", AXES), condition("a >= 0.3", AXES))),
    Forbidden((condition("treatment = 'as cast'", AXES), condition("gas = Ar", AXES))),
    Cardinality(NAMES, ("a", "b"), 1),
]


def _space(steps: tuple[float | None, float | None] = (None, None), *constraints: Constraint) -> Space:
    a, b = (Variable(name, 0, 1, step) for name, step in zip("ab", steps, strict=True))
    return Space((a, TREATMENT, b, GAS), None, tuple(constraints))


def _points(space: Space, count: int = 40) -> np.ndarray:
    return scattered(space, count, np.random.default_rng(5))


def _allowed_by_hand(text: str, point: dict[str, float | str]) -> bool:
    a, b, treatment, gas = point["a"], point["b"], point["treatment"], point["gas"]
    assert isinstance(a, float)
    assert isinstance(b, float)
    return {
        "treatment != annealed": treatment != "annealed",
        "gas = 'N2'": gas == "N2",
        "a + b = 1": abs(a + b - 1) < 1e-9,
        "2*a >= b - 0.3": 2 * a >= b - 0.3 - 1e-9,
        "not (treatment = sputtered and a >= 0.3)": not (treatment == "sputtered" and a >= 0.3),
        "not (treatment = 'as cast' and gas = Ar)": not (treatment == "as cast" and gas == "Ar"),
        "at most 1 of a, b differ from 0": not (a and b),
    }[text]


CHOSEN = st.lists(st.sampled_from(CONDITIONS), unique=True, max_size=4)
STEPS = st.tuples(*[st.sampled_from([None, 0.05, 1 / 14, 0.004])] * 2)


@settings(deadline=None, max_examples=30)
@given(steps=STEPS, constraints=CHOSEN)
def test_no_candidate_violates_what_was_written(
    steps: tuple[float | None, float | None], constraints: list[Constraint]
) -> None:
    space = _space(steps, *constraints)
    try:
        points = _points(space)
    except CampaignError:
        assert not any(space.allows(chunk).any() for chunk in grid(space, levels=5))
        return
    assert len(np.unique(points, axis=0)) == len(points)
    assert space.allows(points).all()
    for x in points.tolist():
        space.check(x)
        assert all(_allowed_by_hand(each.text, space.written(x)) for each in constraints)


@settings(deadline=None, max_examples=12)
@given(constraints=CHOSEN, top=st.tuples(*[st.floats(-0.5, 1.5)] * 2))
def test_polishing_holds_the_categories(constraints: list[Constraint], top: tuple[float, float]) -> None:
    space = _space((None, None), *constraints)
    try:
        starts = _points(space, 6)[:6]
    except CampaignError:
        return

    def score(X: np.ndarray) -> np.ndarray:
        return np.asarray(-((X[:, [0, 2]] - top) ** 2).sum(axis=1) + X[:, 1] + X[:, 3])

    found = polish(space, score, starts)
    assert np.array_equal(found[:, [1, 3]], starts[:, [1, 3]])
    assert space.allows(found).all()
    assert (score(found) >= score(starts)).all()


@given(x=st.tuples(st.floats(-0.1, 1.1), st.sampled_from([-1, 0, 0.5, 1, 2, 3, float("nan")]), st.just(0), st.just(1)))
def test_one_and_many_points_are_judged_alike(x: tuple[float, ...]) -> None:
    space = _space((None, None), CONDITIONS[0], CONDITIONS[4])
    try:
        space.check(x)
        allowed = True
    except DataError:
        allowed = False
    assert space.allows(np.array([x]))[0] == allowed


def test_every_category_gets_its_share() -> None:
    points = _points(_space(), 600)[16:]
    shares = Counter(points[:, 1].tolist())
    assert set(shares) == {0, 1, 2}
    assert min(shares.values()) > 0.3 * len(points)


@given(n=st.integers(2, 12))
def test_the_position_of_a_category_is_its_own_nearest(n: int) -> None:
    variable = Variable.categorical("v", [f"c{k}" for k in range(n)])
    levels = variable.levels()
    assert levels.tolist() == [*range(n)] == variable.snapped(levels).tolist()
    parts = Counter(variable.snapped(np.linspace(0, n - 1, 1000 * n)).tolist())
    assert max(parts.values()) - min(parts.values()) <= n


def test_the_corners_have_every_category() -> None:
    corners = {tuple(point) for point in _points(Space((A, TREATMENT)), 1).tolist()}
    assert {(a, k) for a in (0, 1) for k in (0, 1, 2)} <= corners


def test_a_grid_lists_all_categories_and_no_forbidden_pair() -> None:
    space = _space((0.5, 0.5), CONDITIONS[5])
    points = np.vstack([*grid(space)])
    assert len(points) == 3 * 3 * (3 * 2 - 1)
    assert not ((points[:, 1] == 0) & (points[:, 3] == 0)).any()


def test_points_are_named_with_what_the_formula_does_not_say() -> None:
    formula = Formula.parse("Fe{1-a}Co{a}", ("a", "treatment"))
    space = Space((A, TREATMENT), formula)
    assert space.label((0.25, 1.0)) == "Fe0.75Co0.25, treatment = annealed"
    assert space.coordinates((0.25, 1.0)) == "a = 0.25, treatment = annealed"
    assert space.written((0.25, 1.0)) == {"a": 0.25, "treatment": "annealed"}
    assert space.point_of({"Fe": 3, "Co": 1}, {"treatment": 2.0}) == ((0.25, 2.0), pytest.approx(4))
    with pytest.raises(CompositionError, match="does not determine treatment"):
        space.point_of({"Fe": 3, "Co": 1})


@pytest.mark.parametrize("values", [["one"], [], ["a", "a"], ["a", " b"], ["a", ""], ["a", "it's"], ["a", "b\n"]])
def test_values_that_cannot_be_told_apart_are_refused(values: list[str]) -> None:
    with pytest.raises(CampaignError, match="expected at least two different texts"):
        Variable.categorical("treatment", values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("treatment = anealed", "found 'anealed', expected one of as cast, annealed, sputtered"),
        ("treatment <= 1", "treatment is categorical, expected 'treatment = as cast'"),
        ("a + treatment = 1", "treatment is categorical"),
        ("a = annealed", "uses annealed"),
    ],
)
def test_a_condition_that_makes_no_sense_is_quoted(text: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        condition(text, AXES)


def test_a_refusal_names_the_category() -> None:
    with pytest.raises(DataError, match="treatment = annealed, expected treatment != annealed"):
        _space((None, None), CONDITIONS[0]).check((0, 1, 0, 0))
    with pytest.raises(DataError, match=r"treatment = sputtered, a = 0\.5 lies in a forbidden region"):
        _space((None, None), CONDITIONS[4]).check((0.5, 2, 0, 0))
    with pytest.raises(DataError, match=r"treatment = 0\.5, expected the position of one of as cast, annealed"):
        _space().check_inside((0, 0.5, 0, 0))
    assert isinstance(condition("a + b <= 1", AXES), Linear)
