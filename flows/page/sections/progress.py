"""The best so far."""

from __future__ import annotations

from flows.page.figures.progress import progress_figure
from flows.page.sections.plot import plot
from flows.page.seen import Seen
from loop.figures.data import progress
from loop.figures.page.asked import sought


def progress_section(seen: Seen) -> str:
    """The best measured and the best predicted, cycle by cycle."""
    what = "measured" if seen.moment.objective.worth is None else "worth"
    return plot(
        "progress",
        progress_figure(progress(seen.moment), what, seen.count - 1),
        f"Sought: {sought(seen.campaign)}. The best measured so far, and the best noise-free value that the model "
        "predicted after each cycle, with two standard deviations.",
    )
