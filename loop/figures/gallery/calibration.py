"""Whether values came as far from what was foretold as they should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import beta, norm

from loop.figures.data import EDGES, LEVELS, Innovations, Moment, innovations, nominal
from loop.figures.gallery.drawing import WIDE, Drawing
from loop.figures.gallery.lacking import LackingError
from loop.figures.style import BLUE, ORANGE, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def calibration_drawing(moment: Moment) -> Drawing:
    """Make the figure ready.

    Raises
    ------
    LackingError
        Before a measurement was foretold and then came.
    """
    shown = innovations(moment)
    if not len(shown.z):
        raise LackingError("no measured value was foretold when it was asked for")

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        draw_histogram(left, shown)
        draw_coverage(right, shown)

    refused = f" {shown.refused} more were refused for their distance and are not counted." if shown.refused else ""
    return Drawing(
        "calibration",
        "Values against what was foretold of them",
        f"Left: distance of {len(shown.z)} measured values from what was foretold, in predictive standard deviations "
        "(noise included), with a standard normal of the same area. Right: share within 1 and 2 of them so far; bars: "
        f"95 % interval of the share at the end; dashed: what a normal distribution has.{refused}",
        WIDE,
        60.0,
        draw,
        {"": shown.table(), "histogram": shown.histogram()},
    )


def draw_histogram(axes: Axes, shown: Innovations) -> None:
    """Draw the histogram and the normal of its area."""
    look: dict[str, Any] = {"color": BLUE, "alpha": 0.6, "edgecolor": "white", "linewidth": 0.6, "label": "values"}
    axes.bar(EDGES[:-1], shown.counts(), width=np.diff(EDGES), align="edge", **look)
    x = np.linspace(EDGES[0], EDGES[-1], 201)
    axes.plot(x, len(shown.z) * np.diff(EDGES)[0] * norm.pdf(x), color="black", linewidth=1.0, label="standard normal")
    axes.set(xlabel="(value − foretold) / standard deviation", ylabel="values", title="Innovations")
    whole_numbers(axes.yaxis)
    axes.legend(loc="best")


def draw_coverage(axes: Axes, shown: Innovations) -> None:
    """Draw the share within each level after each value."""
    n = len(shown.z)
    counts = np.arange(1, n + 1)
    for level, colour in zip(LEVELS, (BLUE, ORANGE), strict=True):
        share = shown.coverage(level)
        axes.plot(counts, share, drawstyle="steps-post", color=colour, linewidth=1.2, label=f"within {level:g} σ")
        axes.axhline(nominal(level), color=colour, linewidth=0.8, linestyle="--")
        low, high = share_interval(round(share[-1] * n), n)
        axes.plot([n, n], [low, high], color=colour, linewidth=2.5, alpha=0.5, solid_capstyle="butt")
    axes.set(xlabel="values foretold and measured", ylabel="share", ylim=(-0.02, 1.04), title="Coverage so far")
    whole_numbers(axes.xaxis)
    axes.legend(loc="lower right")


def share_interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share of which ``hits`` of ``count`` were seen (Clopper and Pearson, Biometrika 26, 404 (1934))."""
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, count - hits + 1))
    high = 1.0 if hits == count else float(beta.ppf(1 - tail, hits + 1, count - hits))
    return low, high
