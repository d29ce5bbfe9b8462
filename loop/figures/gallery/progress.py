"""Best so far, by cycle and by cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.data import Moment, Progress, progress
from loop.figures.gallery.drawing import WIDE, Drawing
from loop.figures.gallery.lacking import LackingError
from loop.figures.gallery.words import objective_words
from loop.figures.style import BLUE, GREY, RED, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def progress_drawing(moment: Moment) -> Drawing:
    """Make the figure ready.

    Raises
    ------
    LackingError
        Before anything was measured or predicted.
    """
    shown, label = progress(moment), objective_words(moment)
    if not np.isfinite(np.concatenate([shown.best, shown.predicted])).any():
        raise LackingError("nothing was measured yet that counts as a result, and nothing predicted")

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        draw_progress(left, shown, shown.cycles, shown.sample_cycles)
        draw_progress(right, shown, shown.spent, shown.sample_spent)
        left.set(xlabel="cycle", ylabel=label, title="By cycle")
        right.set(xlabel=f"spent ({shown.cost_unit})", title="By cost")
        left.set_ylim(*_range(shown))
        whole_numbers(left.xaxis)
        left.legend(loc="best")

    return Drawing(
        "progress",
        "Best so far",
        "Each measured sample (dots), the best measured so far (steps), and the best noise-free value that the model "
        "predicted after each cycle, ± 1 standard deviation (early bands may leave the picture); by cycle and by cost.",
        WIDE,
        64.0,
        draw,
        {"": shown.table(), "samples": shown.samples()},
    )


def _range(shown: Progress) -> tuple[float, float]:
    """All values with a margin; the bands of the first cycles can be many times wider."""
    last = shown.predicted[-1:] + np.outer([-1.0, 1.0], shown.deviation[-1:]).ravel()
    values = np.concatenate([shown.sample_worths, shown.best, shown.predicted, last])
    low, high = np.nanmin(values), np.nanmax(values)
    margin = 0.08 * ((high - low) or 1.0)
    return float(low - margin), float(high + margin)


def draw_progress(axes: Axes, shown: Progress, x: np.ndarray, samples: np.ndarray) -> None:
    """Draw over cycles or cost.

    Parameters
    ----------
    axes
        Where.
    shown
        What.
    x, samples
        Abscissa of the cycles (n,), and of the measured samples (m,).
    """
    low, high = shown.predicted - shown.deviation, shown.predicted + shown.deviation
    axes.fill_between(x, low, high, color=RED, alpha=0.2, linewidth=0)
    axes.plot(x, shown.predicted, color=RED, linewidth=1.0, label="best predicted, ± 1 σ")
    if len(shown.sample_worths):
        axes.plot(samples, shown.sample_worths, "o", color=GREY, markersize=2.5, label="measured sample")
    if np.isfinite(shown.best).any():
        axes.step(x, shown.best, where="post", color=BLUE, linewidth=1.4, label="best measured")
