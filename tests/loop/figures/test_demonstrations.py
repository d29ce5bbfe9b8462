"""The numbers behind the demonstrations' figures, and that figures and CSV show the same."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from threadpoolctl import threadpool_limits

from loop.figures.demonstrations import d1, d2, d3, draw_d1, draw_d2, draw_d3, save
from loop.figures.missing import ABSENT, COMPLETE, DENSITY, FIT, JOINT, LOST, MISSING, fit, missing_curves, pairs
from loop.problems import Demonstration, Hunt, SearchProblem, Series
from loop.problems.contest import WAYS, contest
from loop.problems.least_squares import LeastSquares
from loop.problems.series import CALCULATION, EXPERIMENT


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def first():
    return d1(seed=3, draws=0)


@pytest.fixture(scope="module")
def second():
    return d2(seed=3)


@pytest.fixture(scope="module")
def third():
    """Courses made up: the summary does not care who searched."""
    rng = np.random.default_rng(0)
    courses = []
    for _ in range(5):
        best = {way: np.sort(rng.random(13))[::-1] for way in WAYS}
        courses.append({way: Hunt(int(rng.integers(0, 14)), tuple(course)) for way, course in best.items()})
    return courses, d3(courses, 5)


@pytest.mark.parametrize(("panel", "target"), [("calculation", 0), ("experiment", 1)])
def test_d1_least_squares_is_the_cubic_of_the_models_own_points(first, panel, target) -> None:
    drawn = Demonstration.draw(np.random.default_rng(3))
    own = ~np.isnan(drawn.Y[:, target])
    curve = first.panel(panel)["least squares"]
    cubic, covariance = np.polyfit(drawn.X[own, 0], drawn.Y[own, target], 3, cov="unscaled")
    np.testing.assert_allclose(curve.y, np.polyval(cubic, curve.x), rtol=1e-6, atol=1e-6)
    left = drawn.Y[own, target] - np.polyval(cubic, drawn.X[own, 0])
    powers = np.vander(curve.x, 4)
    variance = np.einsum("ij,jk,ik->i", powers, covariance, powers) * (left @ left) / (own.sum() - 4)
    times = {1: 12.706205, 6: 2.446912}[own.sum() - 4]  # Student's t, 97.5 %, from printed tables
    np.testing.assert_allclose(curve.upper - curve.y, times * np.sqrt(variance), rtol=1e-4)


def test_d1_truth_and_data_are_the_problem_s(first) -> None:
    drawn = Demonstration.draw(np.random.default_rng(3))
    for target, (panel, lowered) in enumerate((("calculation", 0.0), ("experiment", 1.5))):
        x = first.panel(panel)["truth"].x
        expected = 2 - x + 5 * (x - 0.7) ** 2 + 20 * (x - 0.5) ** 3 - lowered
        np.testing.assert_allclose(first.panel(panel)["truth"].y, expected)
        own = ~np.isnan(drawn.Y[:, target])
        np.testing.assert_array_equal(first.panel(panel)["data"].y, drawn.Y[own, target])


def test_d1_assimilation_reaches_beyond_the_experiments() -> None:
    """Over draws: far nearer to the truth than least squares, and its band holds the truth."""
    table = d1(seed=5, draws=12).tables[1]
    ours, plain = table.rows["RMSE: experiment, x > 0.5"]
    assert ours < 0.3
    assert ours < plain / 5
    assert table.rows["coverage of the 95 % band: experiment, x > 0.5"][0] > 0.85
    widths = table.rows["median width of the band: experiment, x > 0.5"]
    assert widths[0] < widths[1] / 5


def test_the_ellipses_are_contours_of_the_row_s_density(first) -> None:
    model = fit(*pairs(np.random.default_rng([3, 1])))
    curves = first.panel(JOINT)
    centre = np.array([curves[f"{COMPLETE}, 1σ"].x[:-1].mean(), curves[f"{COMPLETE}, 1σ"].y[:-1].mean()])
    density = multivariate_normal(centre, model.residual_covariance_)
    for times in (1, 2):
        ring = np.column_stack([curves[f"{COMPLETE}, {times}σ"].x, curves[f"{COMPLETE}, {times}σ"].y])
        np.testing.assert_allclose(density.pdf(ring) / density.pdf(centre), np.exp(-(times**2) / 2), rtol=1e-6)
    edge = curves[f"{MISSING}, 2σ, upper end"].x[0]
    np.testing.assert_allclose(edge, curves[f"{COMPLETE}, 2σ"].x.max(), rtol=1e-3)


def test_a_missing_value_widens_as_integrating_it_out_does(first) -> None:
    """Both densities against sums over the joint density on a grid."""
    X, Y = pairs(np.random.default_rng([3, 1]))
    model = fit(X, Y)
    mean = np.array([model.predict(X[LOST : LOST + 1], target)[0] for target in range(2)])
    curves = first.panel(DENSITY)
    yc, ye = curves[MISSING].x, mean[1] + np.linspace(-3.0, 3.0, 2001)
    joint = multivariate_normal(mean, model.residual_covariance_)
    over = joint.pdf(np.stack(np.meshgrid(yc, ye, indexing="ij"), axis=-1)).sum(axis=1) * (ye[1] - ye[0])
    np.testing.assert_allclose(curves[MISSING].y, over, atol=1e-3 * over.max())
    cut = joint.pdf(np.column_stack([yc, np.full(len(yc), Y[LOST, 1])]))
    expected = cut / (cut.sum() * (yc[1] - yc[0]))
    np.testing.assert_allclose(curves[COMPLETE].y, expected, atol=1e-3 * expected.max())


def test_a_missing_value_lowers_the_row_s_weight_as_in_generalized_least_squares() -> None:
    """Against generalized least squares of every value that is there, by covariances instead of precisions."""
    curves, numbers = missing_curves(0)
    X, Y = pairs(np.random.default_rng([0, 1]))
    covariance = fit(X, Y).residual_covariance_
    powers, at = np.vander(X[:, 0], 4), np.vander(X[LOST], 4)
    found = {}
    for row, kept in ((COMPLETE, [0, 1]), (MISSING, [0]), (ABSENT, [])):
        values = [(i, t) for i in range(len(X)) for t in (kept if i == LOST else [0, 1])]
        design = np.array([np.kron(np.eye(2)[t], powers[i]) for i, t in values])
        noise = np.array([[covariance[t, u] * (i == j) for j, u in values] for i, t in values])
        inverse = np.linalg.inv(design.T @ np.linalg.inv(noise) @ design)
        found[row] = float(at[0] @ inverse[4:, 4:] @ at[0]) ** -1
    drawn = {curve.name: curve for curve in curves if curve.panel == FIT}
    np.testing.assert_allclose(drawn["at the row"].y ** -2.0, list(found.values()), rtol=1e-5)
    complete, lacking = list(numbers.values())[2:4]
    np.testing.assert_allclose(complete, found[COMPLETE] - found[ABSENT], rtol=1e-5)
    np.testing.assert_allclose(lacking, found[MISSING] - found[ABSENT], rtol=1e-5)
    assert 0 < lacking < complete


def test_d2_recovers_the_coefficients_within_their_uncertainty() -> None:
    held = []
    for seed in range(8):
        shown = d2(seed)
        for panel, truth in (("calculation", CALCULATION), ("experiment", EXPERIMENT)):
            curve = shown.panel(f"coefficients of the {panel}")["assimilation"]
            held.append((curve.lower <= truth) & (truth <= curve.upper))
            assert (np.abs(curve.y - truth) < 3 * (curve.upper - curve.lower)).all()
    assert np.mean(held) > 0.85


def test_d2_curves_are_the_series_of_the_coefficients_shown(second) -> None:
    """Of the mean by the sines written out, of least squares by the pseudoinverse."""
    drawn = Series.draw(np.random.default_rng(3))

    def sines(x):
        return np.column_stack([np.ones(len(x)), *(np.sin(2 * np.pi * n * x) for n in range(1, 7))])

    for target, panel in enumerate(("calculation", "experiment")):
        for name in ("truth", "assimilation", "least squares"):
            curve, shown = second.panel(panel)[name], second.panel(f"coefficients of the {panel}")[name]
            np.testing.assert_allclose(curve.y, sines(curve.x) @ shown.y, atol=1e-9)
        own = ~np.isnan(drawn.Y[:, target])
        expected = np.linalg.pinv(sines(drawn.X[own, 0])) @ drawn.Y[own, target]
        plain = second.panel(f"coefficients of the {panel}")["least squares"]
        np.testing.assert_allclose(plain.y, expected, atol=1e-8)
        assert plain.has_band == (own.sum() > 7)


def test_least_squares_band_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    design, coefficients, at = rng.normal(size=(9, 3)), np.array([1.0, -2.0, 0.5]), rng.normal(size=(1, 3))
    held = 0
    for _ in range(2000):
        fit = LeastSquares.fit(design, design @ coefficients + 0.3 * rng.normal(size=9))
        held += bool(abs(fit.mean(at) - at @ coefficients)[0] <= fit.half_width(at)[0])
    assert abs(held / 2000 - 0.95) < 0.015


def test_d3_band_and_share_by_hand(third) -> None:
    courses, shown = third
    for way in WAYS:
        values = 1 - np.array([course[way].best for course in courses])
        curve = shown.panel("best value")[way]
        for t in range(13):
            mean = values[:, t].mean()
            np.testing.assert_allclose(curve.y[t], mean)
            np.testing.assert_allclose(curve.upper[t], np.mean([v for v in values[:, t] if v > mean]))
            np.testing.assert_allclose(curve.lower[t], np.mean([v for v in values[:, t] if v < mean]))
            share = np.mean([course[way].iterations <= t for course in courses])
            np.testing.assert_allclose(shown.panel("found")[way].y[t], share)


def test_all_ways_start_alike_and_stop_where_they_found() -> None:
    found = contest(0, seed=4, calculations=3, limit=2)
    assert len({course.best[0] for course in found.values()}) == 1
    for course in found.values():
        assert len(course.best) == 3
        assert list(course.best) == sorted(course.best, reverse=True)
        reached = [t for t, short in enumerate(course.best) if short <= 0.01]
        assert course.iterations == (reached[0] if reached else 3)
    problem = SearchProblem.draw(np.random.default_rng([4, 0, 0]))
    assert all(short in problem.shortfall(np.arange(len(problem.X))) for short in found["at random"].best)


def _drawn(figure):
    """Every line of a figure as (x, y), rounded to what a CSV may lose: nothing."""
    axes = [each for part in (figure, *figure.subfigs) for each in part.axes]
    lines = [line.get_xydata() for each in axes for line in each.lines]
    return {np.asarray(line, dtype=float).tobytes() for line in lines}


def _read(file: Path):
    found = defaultdict(list)
    with file.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            found[row["panel"], row["series"]].append(
                [float(row[key] or "nan") for key in ("x", "y", "lower", "upper")]
            )
    return {key: np.array(rows) for key, rows in found.items()}


@pytest.mark.parametrize("which", ["d1", "d2", "d3"])
def test_the_csv_holds_what_is_drawn(which, first, second, third, tmp_path) -> None:
    shown = {"d1": first, "d2": second, "d3": third[1]}[which]
    figure = {"d1": draw_d1, "d2": draw_d2, "d3": lambda each: draw_d3(each, 5)}[which](shown)
    table = save(figure, shown, tmp_path / "figure.svg")
    assert table == tmp_path / "figure.csv"
    read, lines = _read(table), _drawn(figure)
    assert set(read) == {(curve.panel, curve.name) for curve in shown.curves}
    for curve in shown.curves:
        rows = read[curve.panel, curve.name]
        expected = np.column_stack([curve.x, curve.y, curve.lower, curve.upper])
        np.testing.assert_array_equal(rows, expected)
        if "coefficients" not in curve.panel and curve.panel != "weight":  # bars and points with error bars
            assert np.ascontiguousarray(rows[:, :2]).tobytes() in lines, (curve.panel, curve.name)
