"""What was spent, by slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loop.figures.data import Moment, spend
from loop.figures.gallery.drawing import NARROW, Drawing
from loop.figures.gallery.lacking import LackingError
from loop.figures.style import PALETTE, whole_numbers
from loop.quantity import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLES = {"experiment": "-", "calculation": "--"}


def spend_drawing(moment: Moment) -> Drawing:
    """Make the figure ready.

    Raises
    ------
    LackingError
        Before anything was asked for.
    """
    shown = spend(moment)
    if not shown.counts.any():
        raise LackingError("nothing was asked for yet")

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, (name, source) in enumerate(zip(shown.slots, shown.sources, strict=True)):
            total = f"{name}: {shown.counts[-1, place]} requests, {plain(shown.costs[-1, place])}"
            axes.step(
                shown.cycles, shown.costs[:, place], where="post", color=PALETTE[place % len(PALETTE)],
                linestyle=_STYLES[source], linewidth=1.2, label=total,
            )  # fmt: skip
        axes.set(xlabel="cycle", ylabel=f"spent ({shown.unit})", title="Spent so far")
        whole_numbers(axes.xaxis)
        axes.legend(loc="upper left")

    return Drawing(
        "spend",
        "What was spent, by slot",
        "Cost of all that was asked of each slot until each cycle (solid: experiments; dashed: calculations).",
        NARROW,
        60.0,
        draw,
        {"": shown.table()},
    )
