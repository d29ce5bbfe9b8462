"""Predictions along every variable through the best point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.data import Band, Moment, Table, band, leading
from loop.figures.gallery.drawing import NARROW, WIDE, Drawing
from loop.figures.gallery.lacking import LackingError, require_model
from loop.figures.gallery.words import objective_words, variable_words
from loop.figures.style import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST, _ROW = 6, 3
_FINEST = 0.2
"""Least range of a panel, of the widest one's."""


def bands_drawing(moment: Moment) -> Drawing:
    """Make the figure ready.

    Raises
    ------
    LackingError
        While there is no model.
    """
    require_model(moment)
    shown = {name: found for name in leading(moment)[:_MOST] if (found := band(moment, name)) is not None}
    if not shown:
        raise LackingError("there is no point to draw lines through: no candidate, and nothing measured")
    label, rows = objective_words(moment), -(-len(shown) // _ROW)
    columns = -(-len(shown) // rows)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(rows, columns, squeeze=False)
        for axes, found in zip(panels.flat, shown.values(), strict=False):
            draw_band(axes, found)
        _widened([*panels.flat[: len(shown)]])
        for axes in panels.flat[len(shown) :]:
            axes.set_axis_off()
        for axes in panels[:, 0]:
            axes.set_ylabel(label)
        panels.flat[0].legend(loc="best")

    tables: dict[str, Table] = {name: found.table() for name, found in shown.items()}
    return Drawing(
        "bands",
        "Prediction along each variable",
        f"Noise-free prediction with ± 1 and ± 2 standard deviations along each variable through {_through(moment)}, "
        "the one that matters most first, each on its own scale; dots: measured values on the line.",
        NARROW if columns == 1 else WIDE,
        54.0 * rows + 6.0,
        draw,
        tables | {f"{name}-measured": found.measured() for name, found in shown.items() if len(found.nearby.values)},
    )


def draw_band(axes: Axes, shown: Band) -> None:
    """Draw one prediction with its bands, and what was observed on its line."""
    near = shown.nearby
    if shown.categories:
        axes.errorbar(shown.x, shown.mean, yerr=2 * shown.deviation, fmt="none", ecolor=BLUE, alpha=0.4, elinewidth=1)
        axes.errorbar(
            shown.x,
            shown.mean,
            yerr=shown.deviation,
            fmt="s",
            color=BLUE,
            markersize=3,
            elinewidth=2,
            label="predicted",
        )
        axes.set_xticks(shown.x, shown.categories)
    else:
        for times, shade in ((2.0, 0.15), (1.0, 0.25)):
            axes.fill_between(shown.x, *shown.ends(times), color=BLUE, alpha=shade, linewidth=0)
        axes.plot(shown.x, shown.mean, color=BLUE, linewidth=1.2, label="predicted, ± 1 and 2 σ")
    if len(near.values):
        stated = np.nan_to_num(near.uncertainties)
        axes.errorbar(
            near.x[:, 0], near.values, yerr=stated, fmt="o", color=ORANGE, markersize=3, elinewidth=0.7,
            markeredgecolor="black", markeredgewidth=0.4, label="measured",
        )  # fmt: skip
    axes.set_xlabel(variable_words(shown.variable, shown.description))


def _widened(panels: list[Axes]) -> None:
    """Own scales show each line; but none so fine that what does not matter looks as if it did."""
    ends = np.array([axes.get_ylim() for axes in panels])
    least = np.ptp(ends, axis=1).max() * _FINEST
    for axes, (low, high) in zip(panels, ends, strict=True):
        more = max(0.0, least - (high - low)) / 2
        axes.set_ylim(low - more, high + more)


def _through(moment: Moment) -> str:
    return "the best predicted point" if moment.best is None else moment.campaign.space.label(moment.best)
