"""D1: prediction beyond the experiments with the help of calculations, and what a missing value does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.assimilation.arrays import Array
from loop.figures.curves import Curve, Numbers, Shown
from loop.figures.draw_missing import draw_missing
from loop.figures.missing import missing_curves
from loop.figures.series_panels import (
    COVERAGE,
    METHODS,
    TARGETS,
    TRUTH,
    compared,
    curves_over_x,
    draw_over_x,
    legend_over_x,
)
from loop.figures.style import GREY, house_style
from loop.problems import Demonstration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWS = 100
"""Draws behind the second table: one draw proves nothing."""
REACH = 0.5
"""Experiments end here."""
GRID, COARSE = np.linspace(0.0, 1.0, 201), np.linspace(0.0, 1.0, 41)


def d1(seed: int = 0, draws: int = DRAWS) -> Shown:
    """Fit one draw of D1 for the figure, and others for a table.

    Parameters
    ----------
    seed
        Of the draw shown; the others follow from it.
    draws
        How many others; 0 leaves their table out.
    """
    curves = _curves(Demonstration.draw(np.random.default_rng(seed)), GRID)
    missing, found = missing_curves(seed)
    tables = [
        Numbers(f"the draw shown (seed {seed})", METHODS, _numbers(curves)),
        Numbers("a row that loses its experiment", (), {what: (value,) for what, value in found.items()}),
    ]
    if draws:
        tables.insert(1, _over_draws(seed, draws))
    title = "D1: two cubics; experiments end at x = 0.5"
    return Shown(title, (*curves, *missing), tuple(tables))


def _over_draws(seed: int, draws: int) -> Numbers:
    many = (Demonstration.draw(np.random.default_rng([seed, 2, k])) for k in range(draws))
    found = [_numbers(_curves(each, COARSE)) for each in many]
    rows: dict[str, tuple[float, ...]] = {}
    for what in found[0]:
        summary = np.mean if what.startswith(COVERAGE) else np.median
        rows[what] = tuple(float(summary([each[what][k] for each in found])) for k in range(len(METHODS)))
    return Numbers(f"{draws} other draws: median, and mean of the coverage", METHODS, rows)


def draw_d1(shown: Shown) -> Figure:
    """Draw both models above, and what a missing value does below."""
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(13.0, 8.4))
        edges = {"left": 0.0, "right": 1.0, "bottom": 0.0, "top": 1.0}
        grid = figure.add_gridspec(2, 1, height_ratios=[1.15, 1.0], hspace=0.03, **edges)
        upper, lower = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
        upper.suptitle(shown.title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        left, right = upper.subplots(1, 2)
        for axes, panel, words in ((left, "calculation", "Model (i)"), (right, "experiment", "Model (ii)")):
            draw_over_x(axes, shown, panel)
            axes.set_title(f"{words}: the {panel}")
            axes.set_ylabel(f"y of the {panel} (no unit)")
        right.axvspan(REACH, 1.0, color=GREY, alpha=0.08, linewidth=0, zorder=0)
        right.text(0.99, 0.02, "no experiments here", ha="right", color=GREY, transform=right.transAxes)
        legend_over_x(upper, left)
        draw_missing(lower, shown)
    return figure


def _curves(drawn: Demonstration, grid: Array) -> list[Curve]:
    model = Demonstration.model().fit(drawn.X, drawn.Y)
    truth = np.column_stack([Demonstration.calculation(grid), Demonstration.experiment(grid)])
    return curves_over_x(model, drawn.X, drawn.Y, truth, grid)


def _numbers(curves: list[Curve]) -> dict[str, tuple[float, ...]]:
    of = {(curve.panel, curve.name): curve for curve in curves}
    grid = curves[0].x
    found: dict[str, tuple[float, ...]] = {}
    for panel, where, words in (
        (TARGETS[1], grid > REACH, "experiment, x > 0.5"),
        (TARGETS[1], grid <= REACH, "experiment, x ≤ 0.5"),
        (TARGETS[0], grid >= 0.0, "calculation"),
    ):
        found |= compared([of[panel, method] for method in METHODS], of[panel, TRUTH], where, words)
    return found
