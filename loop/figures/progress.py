"""Best so far, against what chance would have found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from loop.backtest import expected_best
from loop.figures.style import BLUE, ORANGE, RED, shown_unit
from loop.knowledge import Knowledge
from loop.policy import Objective

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_progress(axes: Axes, knowledge: Knowledge, truth: Mapping[tuple[float, ...], float] | None) -> None:
    """Draw what each measured sample is worth, and the best so far; ``truth`` as in :func:`draw_report`."""
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
