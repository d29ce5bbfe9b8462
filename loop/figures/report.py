"""The figure of ``douka report``: measured against predicted, best so far against chance, next requests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from loop.figures.parity import draw_parity
from loop.figures.progress import draw_progress
from loop.figures.style import GREY, house_style, shown_formula, shown_unit
from loop.knowledge import Knowledge
from loop.quantity import plus_minus
from loop.records import Source

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LISTED = 8


def draw_report(
    knowledge: Knowledge, title: str, file: Path, truth: Mapping[tuple[float, ...], float] | None = None
) -> None:
    """Draw and save.

    Parameters
    ----------
    knowledge
        What is known.
    title
        Of the campaign.
    file
        Where to; the suffix gives the format (``.png``, ``.pdf``, ``.svg``).
    truth
        What every point of a retrospective campaign is worth, for the curve of chance; None leaves the curve out.
    """
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(13.0, 4.6))
        figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        parity, progress, upcoming = figure.subplots(1, 3, width_ratios=[1.0, 1.0, 1.3])
        draw_parity(parity, knowledge)
        draw_progress(progress, knowledge, truth)
        _upcoming(upcoming, knowledge)
        figure.savefig(file, dpi=200)


def _upcoming(axes: Axes, knowledge: Knowledge) -> None:
    axes.set_title("Next requests")
    axes.set_axis_off()
    experiments = [request for request in knowledge.upcoming if request.source is Source.EXPERIMENT]
    calculations = [request for request in knowledge.upcoming if request.source is Source.CALCULATION]
    chosen = (experiments + calculations)[:_LISTED]
    if not chosen:
        axes.text(0.0, 0.95, "none: answers are outstanding,\nor nothing is left to ask", va="top", color=GREY)
        return
    cells = [
        [
            shown_formula(request.label),
            request.source.value,
            plus_minus(request.reason.mean, request.reason.deviation),
        ]
        for request in chosen
    ]
    table = axes.table(
        cells,
        colLabels=["what", "kind", f"predicted ({shown_unit(knowledge.target_unit)})"],
        colWidths=[0.52, 0.2, 0.28],
        cellLoc="left",
        colLoc="left",
        edges="horizontal",
        loc="upper left",
    )
    table.auto_set_font_size(value=False)
    table.set_fontsize(7.5)
    table.scale(1.0, 1.35)
    more = len(knowledge.upcoming) - len(chosen)
    if more:
        axes.text(0.0, 0.02, f"and {more} more calculations", color=GREY, fontsize=7.5, transform=axes.transAxes)
