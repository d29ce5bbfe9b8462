"""The lower panels of D1's figure: a row with and without its experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.curves import Shown, draw_curve
from loop.figures.missing import ABSENT, COMPLETE, DENSITY, FIT, JOINT, MISSING, WEIGHT
from loop.figures.style import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure


def draw_missing(figure: SubFigure, shown: Shown) -> None:
    """Draw the distribution of the row, the density of its calculation, the fit, and its weight."""
    figure.suptitle(
        "A missing value widens the distribution of its row and lowers the row's weight",
        x=0.01, ha="left", fontsize=11, fontweight="bold",
    )  # fmt: skip
    joint, density, fit, weight = figure.subplots(1, 4, width_ratios=[1.0, 1.0, 1.3, 0.7])
    _joint(joint, shown)
    _density(density, shown)
    _fit(fit, shown)
    _weight(weight, shown)


def _joint(axes: Axes, shown: Shown) -> None:
    curves = shown.panel(JOINT)
    low, high = (curves[f"{MISSING}, 2σ, {end} end"] for end in ("lower", "upper"))
    axes.fill_betweenx(low.y, low.x, high.x, color=RED, alpha=0.13, linewidth=0)
    for strip, label in ((low, f"{MISSING}: any $y_e$ (2σ)"), (high, None)):
        draw_curve(axes, strip, label=label, color=RED, linestyle="--", linewidth=1.0)
    inner, outer = (curves[f"{COMPLETE}, {level}"] for level in ("1σ", "2σ"))
    draw_curve(axes, outer, label=f"{COMPLETE} (1σ, 2σ)", color=BLUE)
    draw_curve(axes, inner, label=None, color=BLUE)
    draw_curve(axes, curves["the row"], color="black", marker="o", linestyle="", markersize=4.5)
    axes.set_ylim(low.y[0], low.y[-1] + 0.55 * (low.y[-1] - low.y[0]))
    axes.set_title("Distribution of one row")
    axes.set_xlabel("calculation $y_c$ (no unit)")
    axes.set_ylabel("experiment $y_e$ (no unit)")
    axes.legend(loc="upper left", fontsize=7.5)


def _density(axes: Axes, shown: Shown) -> None:
    curves = shown.panel(DENSITY)
    known, unknown = r"$p(y_c \mid y_e)$, precision $\Lambda_{cc}$", r"$p(y_c)$, precision $\bar\Lambda_{cc}$"
    draw_curve(axes, curves[COMPLETE], label=known, color=BLUE)
    draw_curve(axes, curves[MISSING], label=unknown, color=RED, linestyle="--")
    axes.set_ylim(0.0, 1.45 * max(float(np.max(curve.y)) for curve in curves.values()))
    axes.set_title("Density of its calculation")
    axes.set_xlabel("calculation $y_c$ (no unit)")
    axes.set_ylabel("probability density")
    axes.legend(loc="upper left", fontsize=7.5)


def _fit(axes: Axes, shown: Shown) -> None:
    curves = shown.panel(FIT)
    looks = {ABSENT: (GREY, ":"), MISSING: (RED, "--"), COMPLETE: (BLUE, "-")}
    for name, (color, line) in looks.items():
        draw_curve(axes, curves[name], color=color, linestyle=line)
    draw_curve(axes, curves["at the row"], color="black", marker="o", linestyle="", markersize=4.5)
    axes.set_xlim(0.0, 1.0)
    at = curves["at the row"].y
    axes.set_ylim(0.95 * float(np.min(curves[COMPLETE].y)), 1.35 * float(np.max(at)))
    axes.set_title("Uncertainty of the fit")
    axes.set_xlabel("descriptor x (no unit)")
    axes.set_ylabel("deviation of the experiment's mean")
    axes.legend(loc="upper center", fontsize=7.5)


def _weight(axes: Axes, shown: Shown) -> None:
    (bars,) = shown.panel(WEIGHT).values()
    axes.bar(bars.x, 100.0 * bars.y, color=[BLUE, RED], width=0.6)
    for x, y in zip(bars.x, bars.y, strict=True):
        axes.text(x, 100.0 * y + 1.5, f"{y:.0%}".replace("%", " %"), ha="center", color=GREY)
    axes.set_xticks(bars.x, ["complete", "experiment\nmissing"])
    axes.set_title("Weight of the row")
    axes.set_ylim(0.0, 112.0)
    axes.set_ylabel("precision it adds to the fit (%)")
