"""The best so far, by cycle: measured, and predicted with its uncertainty."""

from __future__ import annotations

import numpy as np

from flows.page.figures.house import BLUE, GREY, ORANGE, Json, band, bracketed, cycles, figure, numbers
from loop.figures.data import Progress
from loop.figures.style import shown_unit

_MARGIN = 0.25


def progress_figure(found: Progress, what: str, last: int) -> Json:
    """Draw it; the axis shows values and best ones, not how unsure a first model was.

    Parameters
    ----------
    found
        The numbers.
    what
        Is measured, for the axis.
    last
        Number of the newest cycle, to which the axis reaches.
    """
    y = {"title": bracketed(what, shown_unit(found.unit)), "range": _range(found)}
    return figure([*_predicted(found), *_measured(found)], cycles(last), y)


def _measured(found: Progress) -> list[Json]:
    return [
        {
            "type": "scatter", "mode": "markers", "name": "a measured sample", "x": found.sample_cycles.tolist(),
            "y": numbers(found.sample_worths), "text": list(found.sample_labels),
            "hovertemplate": "%{text}<br>%{y} in cycle %{x}<extra></extra>",
            "marker": {"color": GREY, "size": 7, "symbol": "circle-open"},
        },
        {
            "type": "scatter", "mode": "lines", "name": "best measured", "x": found.cycles.tolist(),
            "y": numbers(found.best), "line": {"color": ORANGE, "width": 2.5, "shape": "hv"},
        },
    ]  # fmt: skip


def _predicted(found: Progress) -> list[Json]:
    known = np.isfinite(found.predicted)
    if not known.any():
        return []
    when, mean, spread = found.cycles[known], found.predicted[known], 2 * found.deviation[known]
    line = {
        "type": "scatter", "mode": "lines", "name": "best predicted", "x": when.tolist(), "y": numbers(mean),
        "line": {"color": BLUE, "width": 2.5, "dash": "dot"}, "customdata": numbers(found.deviation[known]),
        "hovertemplate": "%{y} ± %{customdata} after cycle %{x}<extra></extra>",
    }  # fmt: skip
    return [*band(when, mean - spread, mean + spread, "± 2 standard deviations", BLUE), line]


def _range(found: Progress) -> list[float | None]:
    values = np.concatenate([found.sample_worths, found.best, found.predicted])
    values = values[np.isfinite(values)]
    if not len(values):
        return [None, None]
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 0.1 * abs(high) or 1.0
    return [low - margin, high + margin]
