"""Steps, constraints, grids and polishing: nothing that comes out violates what was written."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.errors import CampaignError, DataError
from loop.space import Cardinality, Constraint, Forbidden, Formula, Linear, Space, Variable, grid, polish, scattered

ABC = ("a", "b", "c")
CONSTRAINTS: list[Constraint] = [
    Linear.parse("a + b + c = 1", ABC),
    Linear.parse("a + b <= 0.8", ABC),
    Linear.parse("2*a >= b - 0.3", ABC),
    Linear.parse("a + b + c <= 0.004", ABC),
    Forbidden((Linear.parse("a >= 0.3", ABC), Linear.parse("b <= 0.2", ABC))),
    Cardinality(ABC, ABC, 2),
    Cardinality(ABC, ("a", "c"), 1),
]


def _space(steps: tuple[float | None, ...] = (None,) * 3, *constraints: Constraint) -> Space:
    return Space(
        tuple(Variable(name, 0, 1, step) for name, step in zip(ABC, steps, strict=True)), None, tuple(constraints)
    )


def _points(space: Space, count: int = 40) -> np.ndarray:
    return scattered(space, count, np.random.default_rng(5))


STEPS = st.tuples(*[st.sampled_from([None, 0.05, 1 / 14, 0.25, 0.004])] * 3)


@settings(deadline=None, max_examples=60)
@given(steps=STEPS, constraints=st.lists(st.sampled_from(CONSTRAINTS), unique=True, max_size=3))
def test_no_point_violates_anything_however_thin_the_space(
    steps: tuple[float | None, ...], constraints: list[Constraint]
) -> None:
    space = _space(steps, *constraints)
    try:
        points = _points(space)
    except CampaignError:
        assert not any(space.allows(chunk).any() for chunk in grid(space, levels=5))
        return
    assert len(np.unique(points, axis=0)) == len(points) or space.is_plain
    assert space.allows(points).all()
    for point in points.tolist():
        space.check(point)


@given(x=st.tuples(*[st.floats(-0.1, 1.1)] * 3), steps=STEPS)
def test_one_and_many_points_are_judged_alike(x: tuple[float, ...], steps: tuple[float | None, ...]) -> None:
    space = _space(steps, CONSTRAINTS[1], CONSTRAINTS[4], CONSTRAINTS[6])
    try:
        space.check(x)
        allowed = True
    except DataError:
        allowed = False
    assert space.allows(np.array([x]))[0] == allowed


@given(value=st.floats(-1, 2), step=st.sampled_from([0.05, 1 / 14, 1 / 3, 0.3, 0.001]), low=st.sampled_from([0, -0.7]))
def test_snapping_gives_the_nearest_step(value: float, step: float, low: float) -> None:
    variable = Variable("a", low, 1, step)
    levels = variable.levels()
    found = float(variable.snapped(np.array(value)))
    assert variable.low <= found <= variable.high + 1e-9
    assert abs(found - value) == pytest.approx(np.abs(levels - value).min(), abs=1e-9)
    assert variable.on_step(levels).all()


def test_sums_on_steps_are_exact() -> None:
    points = _points(_space((0.05,) * 3, CONSTRAINTS[0]), 1000)
    assert len(points) == 231
    assert np.array_equal(np.round(points.sum(axis=1), 12), np.ones(len(points)))
    assert {f"{value:g}" for value in points.ravel()} == {f"{k * 5 / 100:g}" for k in range(21)}


def test_thin_spaces_are_filled() -> None:
    names = tuple("abcdefg")
    rules = (Linear.parse("a+b+c+d+e+f <= 0.001", names), Linear.parse("a >= b", names))
    space = Space(tuple(Variable(name, 0, 1) for name in names), None, rules)
    points = _points(space, 300)
    assert len(points) >= 300
    assert points[:, 6].std() == pytest.approx(12**-0.5, rel=0.2)


def test_every_choice_of_zeros_gets_its_share() -> None:
    points = _points(_space((None,) * 3, CONSTRAINTS[0], CONSTRAINTS[5]), 60)
    zeros = [tuple(row) for row in (points == 0).tolist()]
    assert min(zeros.count(each) for each in [(True, False, False), (False, True, False), (False, False, True)]) >= 19


def test_the_formula_counts_as_well() -> None:
    formula = Formula.parse("Fe{1-a-b}Co{a}Ni{b}", ("a", "b"))
    space = Space((Variable("a", 0, 1, 0.1), Variable("b", 0, 1, 0.1)), formula)
    assert len(_points(space, 1000)) == 66
    assert sum(map(len, grid(space))) == 66


@pytest.mark.parametrize(
    ("constraint", "x", "said"),
    [
        (CONSTRAINTS[0], (0.5, 0.2, 0), r"a = 0.5, b = 0.2, c = 0, expected a \+ b \+ c = 1"),
        (CONSTRAINTS[1], (0.5, 0.4, 0), r"a = 0.5, b = 0.4, expected a \+ b <= 0.8"),
        (CONSTRAINTS[4], (0.3, 0.2, 0), r"a = 0.3, b = 0.2 lies in a forbidden region, expected not \(a >= 0.3 and b"),
        (
            CONSTRAINTS[5],
            (0.1, 0.2, 0.3),
            "b = 0.2, c = 0.3, expected that at most 2 of a, b, c differ from 0",
        ),
    ],
)
def test_a_refusal_says_what_was_written_and_found(constraint: Constraint, x: tuple[float, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        _space((None,) * 3, constraint).check(x)


def test_a_point_off_its_step_is_refused_but_may_be_measured() -> None:
    space = _space((0.05, None, None))
    space.check_inside((0.12, 0, 0))
    with pytest.raises(DataError, match=r"a = 0.12, expected steps of 0.05 from 0"):
        space.check((0.12, 0, 0))


@pytest.mark.parametrize(
    "text", ["a", "a < 1", "a <= b <= c", "a*b <= 1", "q <= 1", "1 <= 2", "a - a <= 1", "", "<=", "a ! 3"]
)
def test_what_is_no_linear_constraint_is_quoted(text: str) -> None:
    with pytest.raises(CampaignError, match=r"expected|linear|variable"):
        Linear.parse(text, ABC)


def test_a_million_points_stream_in_bounded_memory_each_once() -> None:
    space = _space((0.01,) * 3)
    tracemalloc.start()
    try:
        sizes = [len(chunk) for chunk in grid(space)]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) == 101**3
    assert max(sizes) <= 2**16
    assert most < 40e6


def test_a_grid_never_visits_the_product() -> None:
    names = tuple("abcdefghij")
    space = Space(
        tuple(Variable(n, 0, 1, 0.05) for n in names), None, (Linear.parse("+".join(names) + " = 0.2", names),)
    )
    points = np.vstack([*grid(space)])
    # 4 steps on 10 variables: 13 over 4
    assert len(np.unique(points, axis=0)) == len(points) == 715


@settings(deadline=None)
@given(x=st.tuples(st.floats(0, 0.4), st.floats(0, 0.4)), top=st.tuples(*[st.floats(-0.5, 1.5)] * 2))
def test_polishing_finds_the_constrained_optimum(x: tuple[float, float], top: tuple[float, float]) -> None:
    space = Space((Variable("a", 0, 1), Variable("b", 0, 1)), None, (Linear.parse("a + b <= 0.8", ("a", "b")),))
    target = np.array(top)

    def score(X: np.ndarray) -> np.ndarray:
        return np.asarray(1.0 - ((X - target) ** 2).sum(axis=1))

    found = polish(space, score, np.array([x]))
    space.check(found[0].tolist())
    dense = np.vstack([*grid(space, levels=201)])
    assert score(found)[0] >= score(dense).max() - 1e-4


def test_polishing_leaves_steps_and_zeros() -> None:
    space = _space((0.25, None, None), CONSTRAINTS[6])
    found = polish(space, lambda X: X.sum(axis=1), np.array([[0.5, 0.1, 0.0], [0.0, 0.1, 0.2]]))
    assert found == pytest.approx(np.array([[0.5, 1, 0], [0, 1, 1]]), abs=1e-6)
