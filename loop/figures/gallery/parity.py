"""Measured against predicted, by laboratory: beforehand and in hindsight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.data import Moment, Parity, parity
from loop.figures.gallery.drawing import WIDE, Drawing
from loop.figures.gallery.lacking import LackingError, require_model
from loop.figures.gallery.words import target_words
from loop.figures.style import GREY, PALETTE, shown_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = "osD^v<>PXhp"
_SHOWN = 44


def parity_drawing(moment: Moment, target: str | None = None) -> Drawing:
    """Make the figure ready.

    Parameters
    ----------
    moment
        As of when.
    target
        Which values; those of the objective's target if None.

    Raises
    ------
    LackingError
        While there is no model, or nothing was measured.
    """
    require_model(moment)
    shown = parity(moment, target)
    if not len(shown.values):
        raise LackingError(f"nothing was measured of {shown.target}")
    label = target_words(moment, shown.target)

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        draw_parity(left, shown, shown.before, shown.before_deviation)
        draw_parity(right, shown, shown.now, shown.now_deviation)
        unit = shown_unit(shown.unit)
        left.set(xlabel=f"foretold when asked for ({unit})", ylabel=label, title="Beforehand")
        right.set(xlabel=f"fitted ({unit})", title="In hindsight")
        handles, names = right.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=2)

    rows = -(-len(shown.by_laboratory()) // 2)
    return Drawing(
        "parity",
        "Measured against predicted, by laboratory",
        "Measured values over what was foretold when they were asked for (left), and over what the model says that has "
        "learned from them (right), ± 1 standard deviation of the prediction; vertical: stated uncertainty.",
        WIDE,
        72.0 + 4.0 * rows,
        draw,
        {"": shown.table()},
    )


def draw_parity(axes: Axes, shown: Parity, mean: np.ndarray, deviation: np.ndarray) -> None:
    """Draw values over one of their predictions.

    Parameters
    ----------
    axes
        Where.
    shown
        The values.
    mean, deviation
        Of the prediction, (n,).
    """
    known = np.isfinite(mean)
    everything = np.concatenate([shown.values, mean[known]])
    margin = 0.06 * (np.ptp(everything) or 1.0)
    ends = np.array([everything.min() - margin, everything.max() + margin])
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    for place, (name, rows) in enumerate(shown.by_laboratory().items()):
        own = rows[known[rows]]
        stated = np.nan_to_num(shown.uncertainties[own])
        axes.errorbar(
            mean[own], shown.values[own], xerr=deviation[own], yerr=stated, fmt=_MARKS[place % len(_MARKS)],
            color=PALETTE[place % len(PALETTE)], markersize=3.5, elinewidth=0.6, label=_short(f"{name} ({len(rows)})"),
        )  # fmt: skip
    axes.set(xlim=ends, ylim=ends)
    axes.set_aspect("equal", adjustable="box")
    if not known.any():
        axes.text(0.03, 0.97, "no value was foretold", ha="left", va="top", color=GREY, transform=axes.transAxes)


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN - 7]}… {name[name.rfind('(') :]}"
