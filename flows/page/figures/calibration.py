"""Were predictions made beforehand right? Their standardized errors, beside what is expected of them."""

from __future__ import annotations

import numpy as np

from flows.page.figures.house import BLUE, GREEN, ORANGE, Json, figure, numbers
from loop.figures.data import EDGES, LEVELS, Innovations, nominal

_COLOURS = (BLUE, GREEN)


def histogram(found: Innovations) -> Json:
    """Draw how many values lie how far off."""
    centres, width = (EDGES[:-1] + EDGES[1:]) / 2, float(EDGES[1] - EDGES[0])
    bars = {
        "type": "bar", "x": numbers(centres), "y": found.counts().tolist(), "width": 0.9 * width,
        "name": "measured values", "marker": {"color": BLUE}, "hovertemplate": "%{y} values about %{x}<extra></extra>",
    }  # fmt: skip
    expected = {
        "type": "scatter", "mode": "lines+markers", "x": numbers(centres), "y": numbers(found.expected()),
        "name": "expected (normal)", "line": {"color": ORANGE, "width": 2.5, "shape": "spline"},
        "hovertemplate": "%{y:.1f} expected about %{x}<extra></extra>",
    }  # fmt: skip
    x = {"title": "(measured − foretold) / standard deviation"}
    return figure([bars, expected], x, {"title": "values", "rangemode": "tozero"}, height=300)


def coverage(found: Innovations) -> Json:
    """Draw which share of the values came within the intervals, as they came."""
    data = []
    many = np.arange(1, len(found.z) + 1).tolist()
    for level, colour in zip(LEVELS, _COLOURS, strict=True):
        words = f"within {level:g} deviation" + ("s" if level > 1 else "")
        share = {"x": many, "y": numbers(100 * found.coverage(level)), "line": {"color": colour, "width": 2.5}}
        aim = {"x": [1, max(len(many), 2)], "y": [100 * nominal(level)] * 2, "line": {"color": colour, "dash": "dot"}}
        data += [
            {"type": "scatter", "mode": "lines+markers", "name": words, "text": list(found.labels), **share},
            {"type": "scatter", "mode": "lines", "name": f"expected: {100 * nominal(level):.0f} %", **aim},
        ]
    y = {"title": "share so far (%)", "range": [0, 104]}
    return figure(data, {"title": "values that were foretold, in order"}, y, height=300)
