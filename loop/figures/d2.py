"""D2: other functions than polynomials, and their coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.curves import Curve, Numbers, Shown
from loop.figures.series_panels import (
    ASSIMILATION,
    DATA,
    LEAST_SQUARES,
    LEVELS,
    METHODS,
    TARGETS,
    TRUTH,
    compared,
    curves_over_x,
    draw_over_x,
    legend_over_x,
)
from loop.figures.style import BLUE, RED, house_style
from loop.problems import Series
from loop.problems.least_squares import LeastSquares
from loop.problems.series import CALCULATION, EXPERIMENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from loop.assimilation import DataAssimilation

DRAWS = 4000
"""Draws of the coefficients behind their bands."""
GRID = np.linspace(0.0, 1.0, 301)


def d2(seed: int = 0) -> Shown:
    """Fit one draw of D2."""
    drawn = Series.draw(np.random.default_rng(seed))
    model = Series.model().fit(drawn.X, drawn.Y)
    truth = np.column_stack([Series.value(GRID[:, None], target) for target in range(2)])
    curves = curves_over_x(model, drawn.X, drawn.Y, truth, GRID) + coefficients(model, drawn)
    of = {(curve.panel, curve.name): curve for curve in curves}
    rows: dict[str, tuple[float, ...]] = {}
    for panel in TARGETS:
        rows |= compared([of[panel, method] for method in METHODS], of[panel, TRUTH], GRID >= 0.0, panel)
        name = _coefficients(panel)
        away = [np.abs(of[name, method].y - of[name, TRUTH].y) for method in METHODS]
        rows[f"largest error of a coefficient: {panel}"] = tuple(float(np.max(value)) for value in away)
    counts = [len(of[panel, DATA].x) for panel in TARGETS]
    title = f"D2: seven sines, {counts[0]} calculations, {counts[1]} experiments"
    return Shown(title, tuple(curves), (Numbers(f"the draw shown (seed {seed})", METHODS, rows),))


def coefficients(model: DataAssimilation, drawn: Series) -> list[Curve]:
    """Coefficients of both models: the truth, assimilated with 95 % bands, and by least squares."""
    found, order = [], np.arange(float(model.basis.size))
    for target, (panel, truth) in enumerate(zip(TARGETS, (CALCULATION, EXPERIMENT), strict=True)):
        own = ~np.isnan(drawn.Y[:, target])
        draws = model.posterior.draw(DRAWS, target, np.random.default_rng(target))
        low, high = np.quantile(draws, LEVELS, axis=0)
        fit = LeastSquares.fit(model.basis.design(drawn.X[own]), drawn.Y[own, target])
        half = fit.half_width(np.eye(model.basis.size))
        name = _coefficients(panel)
        found += [
            Curve(name, TRUTH, order, np.array(truth)),
            Curve(name, ASSIMILATION, order, model.coef_[target], low, high),
            Curve(name, LEAST_SQUARES, order, fit.coefficients, fit.coefficients - half, fit.coefficients + half),
        ]
    return found


def draw_d2(shown: Shown) -> Figure:
    """Draw both models above, their coefficients below."""
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(13.0, 7.6))
        figure.suptitle(shown.title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        upper, lower = figure.subplots(2, 2, height_ratios=[1.3, 1.0])
        for axes, below, panel, words in zip(upper, lower, TARGETS, ("$y_1$", "$y_2$"), strict=True):
            draw_over_x(axes, shown, panel)
            axes.set_title(f"The {panel}")
            axes.set_ylabel(f"{words} (no unit)")
            _draw_coefficients(below, shown, panel)
        legend_over_x(figure, upper[0])
    return figure


def _draw_coefficients(axes: Axes, shown: Shown, panel: str) -> None:
    curves = shown.panel(_coefficients(panel))
    truth = curves[TRUTH]
    axes.bar(truth.x, truth.y, width=0.7, color="0.85", label=TRUTH)
    axes.axhline(0.0, color="black", linewidth=0.6)
    for name, color, marker, shift in ((ASSIMILATION, BLUE, "o", -0.15), (LEAST_SQUARES, RED, "s", 0.15)):
        curve = curves[name]
        ends = np.nan_to_num(np.array([curve.y - curve.lower, curve.upper - curve.y]))
        label = f"{name}, 95 %" if curve.has_band else name
        axes.errorbar(
            curve.x + shift, curve.y, yerr=np.maximum(ends, 0.0), fmt=marker, color=color, markersize=4.5,
            elinewidth=1.2, capsize=2.5, label=label,
        )  # fmt: skip
    axes.set_xticks(truth.x, [rf"$\phi_{k}$" for k in range(len(truth.x))])
    axes.set_title(f"Coefficients of the {panel}")
    axes.set_xlabel(r"function: $\phi_0 = 1$, $\phi_n = \sin(2\pi n x)$")
    axes.set_ylabel("coefficient (no unit)")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.15 * (high - low))
    axes.legend(loc="upper right", fontsize=8, ncols=3)


def _coefficients(panel: str) -> str:
    return f"coefficients of the {panel}"
