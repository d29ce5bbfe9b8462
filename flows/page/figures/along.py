"""The prediction along one variable, with its bands and what was measured there."""

from __future__ import annotations

import numpy as np

from flows.page.figures.house import BLUE, ORANGE, Json, band, bracketed, figure, numbers
from loop.figures.data import Band, Nearby
from loop.figures.style import shown_unit


def along(found: Band) -> Json:
    """Draw it; a category has a bar of its own."""
    data = _categories(found) if found.categories else _curve(found)
    if len(found.nearby.values):
        data.append(_observed(found.nearby, found.categories))
    title = f"{found.variable}: {found.description}" if found.description else found.variable
    return figure(data, {"title": title}, {"title": bracketed(found.target, shown_unit(found.unit))})


def _curve(found: Band) -> list[Json]:
    data = []
    for times in (2.0, 1.0):
        low, high = found.ends(times)
        words = f"± {times:g} standard deviation" + ("s" if times > 1 else "")
        for piece in _pieces(found.mean):
            data += band(found.x[piece], low[piece], high[piece], words, BLUE)
    for trace in data:
        trace["showlegend"] = False
    for words in {trace["name"] for trace in data if "name" in trace}:
        next(trace for trace in data if trace.get("name") == words)["showlegend"] = True
    line = {
        "type": "scatter", "mode": "lines", "name": "prediction", "x": numbers(found.x), "y": numbers(found.mean),
        "line": {"color": BLUE, "width": 2.5}, "customdata": numbers(found.deviation),
        "hovertemplate": "%{y} ± %{customdata} at %{x}<extra></extra>",
    }  # fmt: skip
    return [*data, line]


def _pieces(mean: np.ndarray) -> list[slice]:
    """Runs of points inside the space."""
    inside = np.concatenate([[False], np.isfinite(mean), [False]])
    ends = np.flatnonzero(inside[1:] != inside[:-1])
    return [slice(int(first), int(last)) for first, last in zip(ends[::2], ends[1::2], strict=True)]


def _categories(found: Band) -> list[Json]:
    bar = {"type": "data", "array": numbers(2.0 * found.deviation), "thickness": 2}
    return [
        {
            "type": "scatter", "mode": "markers", "name": "prediction, ± 2 standard deviations",
            "x": list(found.categories), "y": numbers(found.mean), "error_y": bar,
            "marker": {"color": BLUE, "size": 9},
        }
    ]  # fmt: skip


def _observed(near: Nearby, categories: tuple[str, ...]) -> Json:
    x = [categories[round(value)] for value in near.x[:, 0]] if categories else numbers(near.x[:, 0])
    return {
        "type": "scatter", "mode": "markers", "name": "observed", "x": x, "y": numbers(near.values),
        "error_y": {"type": "data", "array": numbers(np.nan_to_num(near.uncertainties)), "thickness": 1.5},
        "text": [", ".join(filter(None, pair)) for pair in zip(near.labels, near.laboratories, strict=True)],
        "hovertemplate": "%{text}<br>%{y}<extra></extra>",
        "marker": {"color": ORANGE, "size": 9, "line": {"color": "#000000", "width": 1}},
    }  # fmt: skip
