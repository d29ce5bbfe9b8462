"""D3: the search of the maximum, assimilation against least squares and chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.figures.curves import Curve, Numbers, Shown, draw_curve
from loop.figures.style import BLUE, GREEN, GREY, RED, house_style
from loop.problems import Band, Hunt
from loop.problems.contest import ASSIMILATION, LEAST_SQUARES, RANDOM, SOURCE_RULE, WAYS
from loop.problems.hunt import START
from loop.problems.search import BASIS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BEST, FOUND = "best value", "found"
_LOOKS: dict[str, dict[str, Any]] = {
    ASSIMILATION: {"color": BLUE, "linestyle": "-", "linewidth": 1.8},
    SOURCE_RULE: {"color": GREEN, "linestyle": "-.", "linewidth": 1.6},
    LEAST_SQUARES: {"color": RED, "linestyle": "--", "linewidth": 1.6},
    RANDOM: {"color": GREY, "linestyle": ":", "linewidth": 1.6},
}


def d3(courses: Sequence[Mapping[str, Hunt]], calculations: int) -> Shown:
    """Summarize searches of several problems.

    Parameters
    ----------
    courses
        Of :func:`loop.problems.contest.contest`, one a problem.
    calculations
        m, for the title.
    """
    limit = len(courses[0][WAYS[0]].best) - 1
    order, curves, rows = np.arange(limit + 1.0), [], {}
    for way in WAYS:
        band = Band.of([[1.0 - short for short in course[way].best] for course in courses])
        needed = np.array([course[way].iterations for course in courses])
        share = (needed[:, None] <= order).mean(axis=0)
        curves.append(Curve(BEST, way, order, band.mean, band.mean - band.lower, band.mean + band.upper))
        curves.append(Curve(FOUND, way, order, share))
        quartiles = [float(q) if q <= limit else np.inf for q in np.percentile(needed, [50, 25, 75])]
        rows[way] = (*quartiles, float(share[-1]), float(band.mean[-1]))
    columns = ("median", "1st quartile", "3rd quartile", f"within {limit}", "best, mean")
    count = f"{len(courses)} problem{'s' if len(courses) > 1 else ''}"
    title = f"D3: search of the maximum of B with m = {calculations} of A an iteration, {count}"
    return Shown(title, tuple(curves), (Numbers("iterations until it is found", columns, rows),))


def draw_d3(shown: Shown, calculations: int) -> Figure:
    """Draw the best value against the iteration, as the source does, and the share of problems solved."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    with house_style():
        figure = Figure(figsize=(12.0, 5.0))
        figure.suptitle(shown.title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        left, right = figure.subplots(1, 2, width_ratios=[1.3, 1.0])
        for axes, panel in ((left, BEST), (right, FOUND)):
            for way, look in reversed(_LOOKS.items()):
                steps = {"drawstyle": "steps-post"} if panel == FOUND else {}
                draw_curve(axes, shown.panel(panel)[way], shade=0.16, **look, **steps)
            axes.set_xlim(0.0, shown.curves[0].x[-1])
            axes.set_xlabel("iteration: one experiment and m calculations")
            _draw_established(axes, calculations, named=panel == FOUND)
        left.set_title("Best value of B so far: mean, mean upper and mean lower deviation")
        left.set_ylabel("best value (0: minimum of B, 1: maximum)")
        left.set_ylim(top=1.02)
        right.set_title("Maximum found (to 1 % of the range); a search then ends")
        right.set_ylabel("share of problems")
        right.set_ylim(0.0, 1.02)
        right.yaxis.set_major_formatter(PercentFormatter(1.0))
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside lower center", ncols=4)
    return figure


def _draw_established(axes: Axes, calculations: int, *, named: bool) -> None:
    """Mark where there are as many rows of A, and of B, as coefficients."""
    end, size = axes.get_xlim()[1], BASIS.size
    marks: dict[float, str] = {float(size - START): f"{size} experiments"}
    if calculations:
        at = (size - START) / calculations
        marks[at] = f"{size} calculations" + (" and\nexperiments" if calculations == 1 else "")
    for at, words in marks.items():
        if at < end:
            axes.axvline(at, color="black", linewidth=0.7, zorder=0)
        if at < end and named:
            axes.text(at, 0.02, f" {words},\n as many as\n coefficients".replace("\nex", "\n ex"), fontsize=8)
