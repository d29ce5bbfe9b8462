"""Panels that D1 and D2 share: two models over x, assimilated and by least squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loop.assimilation import DataAssimilation
from loop.assimilation.arrays import Array
from loop.figures.curves import Curve, Shown, draw_curve
from loop.figures.style import BLUE, GREY, RED
from loop.problems.least_squares import LeastSquares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

TARGETS = ("calculation", "experiment")
ASSIMILATION, LEAST_SQUARES, TRUTH, DATA = "assimilation", "least squares", "truth", "data"
METHODS = (ASSIMILATION, LEAST_SQUARES)
COVERAGE = "coverage of the 95 % band"
LEVELS = (0.025, 0.975)


def curves_over_x(model: DataAssimilation, X: Array, Y: Array, truth: Array, grid: Array) -> list[Curve]:
    """Compute the curves of both models.

    Parameters
    ----------
    model
        Fitted to X and Y.
    X, Y
        Points (n, 1) and values (n, 2), NaN where not observed.
    truth
        Noise-free values on the grid (m, 2).
    grid
        (m,).
    """
    found = []
    for target, panel in enumerate(TARGETS):
        own = ~np.isnan(Y[:, target])
        mean, band = model.predict(grid[:, None], target, quantiles=LEVELS)
        fit = LeastSquares.fit(model.basis.design(X[own]), Y[own, target])
        plain, half = fit.mean(model.basis.design(grid[:, None])), fit.half_width(model.basis.design(grid[:, None]))
        found += [
            Curve(panel, TRUTH, grid, truth[:, target]),
            Curve(panel, LEAST_SQUARES, grid, plain, plain - half, plain + half),
            Curve(panel, ASSIMILATION, grid, mean, band[:, 0], band[:, 1]),
            Curve(panel, DATA, X[own, 0], Y[own, target]),
        ]
    return found


def compared(fits: Sequence[Curve], truth: Curve, where: NDArray[np.bool_], words: str) -> dict[str, tuple[float, ...]]:
    """Compare fits with the truth at some points.

    Returns
    -------
    dict of str to tuple of float
        Root of the mean squared error, share of the points at which the band holds the truth, and median width of
        the band, one value a fit; NaN without a band.
    """
    errors = [np.sqrt(np.mean((fit.y - truth.y)[where] ** 2)) for fit in fits]
    held = [(fit.lower <= truth.y) & (truth.y <= fit.upper) for fit in fits]
    shares = [np.mean(each[where]) if fit.has_band else np.nan for fit, each in zip(fits, held, strict=True)]
    widths = [np.median((fit.upper - fit.lower)[where]) for fit in fits]
    rows = {"RMSE": errors, COVERAGE: shares, "median width of the band": widths}
    return {f"{what}: {words}": tuple(float(value) for value in values) for what, values in rows.items()}


def draw_over_x(axes: Axes, shown: Shown, panel: str) -> None:
    """Draw one model; the axis shows the truth and the data, not where least squares runs off to."""
    curves = shown.panel(panel)
    draw_curve(axes, curves[LEAST_SQUARES], label=_named(curves[LEAST_SQUARES]), shade=0.12, color=RED, linestyle="--")
    draw_curve(axes, curves[ASSIMILATION], label=_named(curves[ASSIMILATION]), shade=0.3, color=BLUE, linewidth=1.8)
    draw_curve(axes, curves[TRUTH], color="black", linestyle=":", linewidth=1.4)
    draw_curve(axes, curves[DATA], color="black", marker="o", linestyle="", markersize=4.5, markerfacecolor="white")
    values = np.concatenate([curves[name].y for name in (TRUTH, DATA)])
    margin = 0.3 * float(np.ptp(values))
    axes.set_ylim(float(values.min()) - margin, float(values.max()) + margin)
    axes.set_xlim(float(curves[TRUTH].x[0]), float(curves[TRUTH].x[-1]))
    axes.set_xlabel("descriptor x (no unit)")
    if not curves[LEAST_SQUARES].has_band:
        note = "least squares has no band: fewer rows than functions"
        axes.text(0.99, 0.02, note, ha="right", color=GREY, fontsize=8, transform=axes.transAxes)


def legend_over_x(figure: Figure | SubFigure, axes: Axes) -> None:
    """Put the legend of such panels above them, where no band can cross it."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=4, fontsize=8.5)


def _named(curve: Curve) -> str:
    return f"{curve.name}, mean and 95 % band" if curve.has_band else curve.name
