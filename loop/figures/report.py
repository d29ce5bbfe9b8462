"""The figure of ``douka report``: measured against predicted, best so far against chance, next requests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loop.backtest import expected_best
from loop.figures.style import BLUE, GREY, ORANGE, RED, house_style, shown_formula, shown_unit
from loop.knowledge import Knowledge
from loop.policy import Objective
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
        _parity(parity, knowledge)
        _progress(progress, knowledge, truth)
        _upcoming(upcoming, knowledge)
        figure.savefig(file, dpi=200)


def _parity(axes: Axes, knowledge: Knowledge) -> None:
    unit = shown_unit(knowledge.target_unit)
    axes.set_title("Measured against predicted beforehand")
    axes.set_xlabel(f"predicted when asked for ({unit}), ± 1 standard deviation")
    axes.set_ylabel(f"measured ({unit})")
    pairs = [(e, o.value) for e, o in zip(knowledge.foretold, knowledge.measured, strict=True) if e is not None]
    if not pairs:
        axes.text(0.5, 0.5, "nothing predicted yet", ha="center", va="center", color=GREY, transform=axes.transAxes)
        return
    mean = np.array([estimate.mean for estimate, _ in pairs])
    deviation = np.array([estimate.deviation for estimate, _ in pairs])
    values = np.array([value for _, value in pairs])
    ends = np.array([min(mean.min(), values.min()), max(mean.max(), values.max())])
    ends += np.array([-0.06, 0.06]) * (np.ptp(ends) or 1.0)
    band = 2 * knowledge.scatter
    axes.fill_between(ends, ends - band, ends + band, color=GREY, alpha=0.15, linewidth=0, label="± 2 × scatter")
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    axes.errorbar(mean, values, xerr=deviation, fmt="o", color=BLUE, markersize=4, elinewidth=0.8, alpha=0.8)
    axes.set_xlim(*ends)
    axes.set_ylim(ends[0] - band, ends[1] + band)
    axes.legend(loc="upper left")


def _progress(axes: Axes, knowledge: Knowledge, truth: Mapping[tuple[float, ...], float] | None) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title("Best so far against chance")
    axes.set_xlabel("measurements")
    axes.set_ylabel(_best_label(knowledge))
    best, values = _shown(knowledge, knowledge.best_so_far()), _shown(knowledge, np.array(knowledge.worths))
    counts = np.arange(1, len(best) + 1)
    axes.plot(counts, values, "o", color=BLUE, alpha=0.35, markersize=4, label="each measurement")
    axes.step(counts, best, where="post", color=BLUE, linewidth=1.6, label="best so far")
    if truth:
        utility = knowledge.objective.utility(np.array(list(truth.values())))
        sign = _shown_sign(knowledge.objective)
        drawn = sign * expected_best(utility)[: max(len(best), 2)]
        axes.plot(np.arange(1, len(drawn) + 1), drawn, "--", color=ORANGE, label="expected by chance")
        axes.axhline(sign * utility.max(), color=RED, linewidth=0.8, label="best there is (median over laboratories)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower right", fontsize=7.5)


def _best_label(knowledge: Knowledge) -> str:
    objective, unit = knowledge.objective, shown_unit(knowledge.unit)
    bracket = f" ({unit})" if unit else ""
    if objective.value is not None:
        return f"distance from {objective.value:g}{bracket}"
    return f"best measured{'' if objective.worth is None else ' worth'}{bracket}"


def _shown(knowledge: Knowledge, worths: np.ndarray) -> np.ndarray:
    """Worths as they are drawn: their distance where a value is to be hit."""
    return np.asarray(_shown_sign(knowledge.objective) * knowledge.objective.utility(worths))


def _shown_sign(objective: Objective) -> float:
    """What makes the quantity that is drawn of a utility."""
    return -1.0 if objective.value is not None else objective.sign


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
            f"{request.reason.mean:.2f} ± {request.reason.deviation:.2g}",
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
