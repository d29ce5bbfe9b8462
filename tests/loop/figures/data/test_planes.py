"""Points that are shown of a space: where it ends, what makes room, which three shares sum to a whole."""

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.figures import data
from loop.figures.data.moving import moved
from loop.records import CycleRecord
from loop.session import Session
from loop.space import Space
from loop.space.constraint import Linear
from loop.space.formula import Formula
from loop.space.variable import Variable

NAMES = ("alpha", "beta", "delta", "zeta")
MAGNET = Space(
    tuple(Variable(name, 0.0, 1.0) for name in NAMES),
    Formula.parse("(Nd{1-alpha-beta}Pr{alpha}La{beta})2(Fe{1-delta-zeta}Co{delta}Ni{zeta})14B", NAMES),
)
MIXED = Space(
    tuple(Variable(name, 0.0, 1.0, 0.25) for name in "abc"), None, (Linear.parse("a + b + c = 1", tuple("abc")),)
)
BASE = np.array([0.2, 0.1, 0.3, 0.0])


@pytest.mark.parametrize(
    ("columns", "names"), [((0, 1), ("Nd", "Pr", "La")), ((3, 2), ("Fe", "Ni", "Co")), ((0, 2), None)]
)
def test_three_occupancies(columns: tuple[int, int], names: tuple[str, ...] | None) -> None:
    found = data.corners(MAGNET, columns, BASE)
    assert (found and found.names) == names
    assert found is None or found.whole == 1.0


def test_three_variables_with_a_sum() -> None:
    found = data.corners(MIXED, (0, 2), np.array([0.5, 0.5, 0.0]))
    assert found == data.Corners(("b", "a", "c"), 1.0)


def test_a_fourth_share_that_is_held_leaves_less() -> None:
    names = ("a", "b", "c")
    space = Space(tuple(Variable(n, 0.0, 1.0) for n in names), Formula.parse("Fe{1-a-b-c}Co{a}Ni{b}Mn{c}", names))
    assert data.corners(space, (0, 1), np.array([0.5, 0.0, 0.25])) == data.Corners(("Fe", "Co", "Ni"), 0.75)


def test_points_end_where_the_space_ends() -> None:
    X = moved(MAGNET, BASE, [0], np.array([[0.0], [0.5], [0.9], [0.95]]))
    assert np.isfinite(X).all(axis=1).tolist() == [True, True, True, False]
    assert np.array_equal(X[1], [0.5, 0.1, 0.3, 0.0])


@pytest.mark.parametrize("base", [(0.5, 0.25, 0.25), (1.0, 0.0, 0.0), (0.0, 0.5, 0.5)])
def test_the_others_make_room_for_a_sum(base: tuple[float, ...]) -> None:
    X = moved(MIXED, np.array(base), [0], np.linspace(0, 1, 7)[:, None])
    assert np.allclose(X.sum(axis=1), 1.0)
    assert np.allclose(X[:, 1], X[:, 2])


@pytest.fixture(scope="module")
def ternary(tmp_path_factory: pytest.TempPathFactory) -> data.Moment:
    """Three shares, measured on a grid: the plane is known."""
    folder = tmp_path_factory.mktemp("ternary") / "ternary"
    folder.mkdir()
    points = [(i / 5, j / 5) for i in range(6) for j in range(6 - i)]
    rows = [f"{a},{b},{1 + 2 * a - b + a * b:.6f},T" for a, b in points]
    (folder / "measured.csv").write_text("\n".join(["a,b,value,unit", *rows, ""]), encoding="utf-8")
    (folder / "campaign.toml").write_text(
        'title = "ternary"\n[space]\nformula = "Fe{1-a-b}Co{a}Ni{b}"\n[space.variables]\na = { bounds = [0, 1] }\n'
        'b = { bounds = [0, 1] }\n[targets.M]\nsource = "experiment"\nunit = "T"\n[model]\nestimator = "map"\n'
        '[objective]\ntarget = "M"\n[[instruments]]\nname = "vsm"\nadapter = "archive"\ntarget = "M"\nslots = 20\n'
        'start = 20\noptions = { table = "measured.csv" }\n[stop]\nexperiments = 20\n',
        encoding="utf-8",
    )
    campaign, records = Campaign.load(folder), list[CycleRecord]()
    with Session(campaign, folder / "history") as session:
        while not session.is_over:
            session.step()
        records += session.history.records()
    return data.Moment.of(campaign, records)


def test_a_triangle(ternary: data.Moment) -> None:
    shown = data.plane(ternary, ("a", "b"), points=11)
    assert shown is not None
    assert shown.shape is None
    assert shown.corners is not None
    assert shown.corners.names == ("Fe", "Co", "Ni")
    assert len(shown.mean) == 66
    assert np.isfinite(shown.mean).all()
    assert shown.third.min() >= -1e-12
    assert np.allclose(shown.mean, 1 + 2 * shown.first - shown.second + shown.first * shown.second, atol=0.02)
    assert shown.table().columns[2].name == "Fe (the rest)"
    assert len(shown.nearby.values) == 20


def test_the_variable_that_matters_most_comes_first(ternary: data.Moment) -> None:
    assert data.leading(ternary)[0] == "a"


def test_others_are_held_where_they_are_told(ternary: data.Moment) -> None:
    shown = data.band(ternary, "a", at={"b": 0.5}, points=5)
    assert shown is not None
    assert shown.at["b"] == 0.5
    assert np.isnan(shown.mean).tolist() == [False, False, False, True, True]
    assert "held: b = 0.5" in shown.table().title
