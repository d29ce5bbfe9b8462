"""The prediction over two variables: a map, or a triangle where three shares sum to a whole."""

from __future__ import annotations

import numpy as np

from flows.page.figures.house import Json, axis, bracketed, numbers, plain_layout
from loop.figures.data import Corners, Plane
from loop.figures.style import shown_unit

_SCALES = {"mean": "Viridis", "deviation": "Cividis"}
_MARK: Json = {"color": "#ffffff", "size": 8, "line": {"color": "#000000", "width": 1.5}}


def over(found: Plane, which: str) -> Json:
    """Draw one of the two maps.

    Parameters
    ----------
    found
        The prediction.
    which
        ``"mean"`` or ``"deviation"``.
    """
    values = found.mean if which == "mean" else found.deviation
    unit = shown_unit(found.unit)
    words = found.target if which == "mean" else "standard deviation"
    bar = {"title": {"text": bracketed(words, unit), "side": "right"}, "thickness": 14, "len": 0.95}
    if found.corners is not None:
        return _triangle(found, found.corners, values, which, bar)
    return _rectangle(found, values, which, bar)


def _rectangle(found: Plane, values: np.ndarray, which: str, bar: Json) -> Json:
    rows, columns = found.shape or (1, len(values))
    cells = [numbers(row) for row in values.reshape(rows, columns)]
    across, up = (
        list(names) if names else numbers(np.unique(given))
        for names, given in zip(found.categories, (found.first, found.second), strict=True)
    )
    heat = {
        "type": "heatmap", "x": across, "y": up, "z": cells, "colorscale": _SCALES[which], "colorbar": bar,
        "hovertemplate": "%{x}, %{y}: %{z}<extra></extra>", "hoverongaps": False,
    }  # fmt: skip
    x, y = (axis({"title": words}) for words in _titles(found))
    layout = {**plain_layout(), "xaxis": x, "yaxis": y, "height": 360}
    return {"data": [heat, *_observed_on_map(found)], "layout": layout}


def _observed_on_map(found: Plane) -> list[Json]:
    near = found.nearby
    if not len(near.values):
        return []
    places = [
        [names[round(value)] for value in column] if names else numbers(column)
        for names, column in zip(found.categories, near.x.T, strict=True)
    ]
    return [
        {
            "type": "scatter", "mode": "markers", "name": "observed", "x": places[0], "y": places[1],
            "text": [f"{label}: {value:g}" for label, value in zip(near.labels, near.values, strict=True)],
            "hovertemplate": "%{text}<extra></extra>", "marker": _MARK, "showlegend": True,
        }
    ]  # fmt: skip


def _triangle(found: Plane, corner: Corners, values: np.ndarray, which: str, bar: Json) -> Json:
    inside = np.isfinite(values)
    marker = {
        "color": numbers(values[inside]), "colorscale": _SCALES[which], "colorbar": bar, "showscale": True,
        "symbol": "hexagon2", "size": 11, "line": {"width": 0},
    }  # fmt: skip
    points = {
        "type": "scatterternary", "mode": "markers", "a": numbers(found.third[inside]),
        "b": numbers(found.first[inside]), "c": numbers(found.second[inside]), "marker": marker, "showlegend": False,
        "cliponaxis": True, "hovertemplate": "%{a}, %{b}, %{c}: %{marker.color}<extra></extra>",
    }  # fmt: skip
    names = ("aaxis", "baxis", "caxis")
    axes = {
        name: {"title": {"text": word}, "min": 0, "gridcolor": "rgba(0,0,0,0)", "linecolor": "#8a8a8a", "nticks": 5}
        for name, word in zip(names, corner.names, strict=True)
    }
    ternary = {"sum": corner.whole, "bgcolor": "rgba(0,0,0,0)", **axes}
    room = {"l": 40, "r": 12, "t": 44, "b": 36}
    layout = {**plain_layout(), "ternary": ternary, "height": 380, "margin": room}
    return {"data": [points, *_observed_in_triangle(found, corner.whole)], "layout": layout}


def _observed_in_triangle(found: Plane, whole: float) -> list[Json]:
    near = found.nearby
    if not len(near.values):
        return []
    first, second = near.x.T
    return [
        {
            "type": "scatterternary", "mode": "markers", "name": "observed", "a": numbers(whole - first - second),
            "b": numbers(first), "c": numbers(second), "marker": _MARK, "showlegend": True,
            "text": [f"{label}: {value:g}" for label, value in zip(near.labels, near.values, strict=True)],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]  # fmt: skip


def _titles(found: Plane) -> list[str]:
    pairs = zip(found.variables, found.descriptions, strict=True)
    return [f"{name}: {words}" if words else name for name, words in pairs]
