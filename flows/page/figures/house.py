"""How the figures of the page look."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from loop.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY

Json = dict[str, Any]
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, "#000000")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross")
_INK, _GRID, _BLACK = "#1a1a1a", "#e6e6e6", "#000000"
DARK = {
    _INK: "#e6e6e6",
    _GRID: "#33373d",
    _BLACK: "#ffffff",
    BLUE: "#3d9be0",
    GREY: "#a6a6a6",
    "rgba(0,114,178,": "rgba(61,155,224,",
}
"""What the script of the page puts for colours, or their beginnings, where a reader prefers a dark page."""

_AXIS: Json = {"gridcolor": _GRID, "zeroline": False, "linecolor": "#8a8a8a", "showline": True, "automargin": True}
_LEGEND: Json = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0.0, "font": {"size": 12}}


def figure(data: Sequence[Json], x: Json, y: Json, **layout: Any) -> Json:
    """Put traces on a pair of axes.

    Parameters
    ----------
    data
        Traces of plotly.js.
    x, y
        Of the axes; ``title`` a text.
    **layout
        Anything else of the layout.
    """
    return {"data": list(data), "layout": {**plain_layout(), "xaxis": axis(x), "yaxis": axis(y), **layout}}


def plain_layout() -> Json:
    """What all figures share: room, letters, a legend above."""
    return {
        "font": {"family": "system-ui, DejaVu Sans, sans-serif", "size": 13, "color": _INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 34, "b": 8},
        "height": 340,
        "legend": _LEGEND,
        "hovermode": "closest",
    }


def axis(given: Json) -> Json:
    """One axis in the house's style."""
    title = given.get("title", "")
    return {**_AXIS, **given, "title": {"text": title, "standoff": 8}}


def cycles(last: int) -> Json:
    """Axis of cycles, to the newest."""
    return {
        "title": "cycle",
        "range": [-0.5, max(last + 0.5, 0.5)],
        "tickformat": "d",
        "dtick": 1 if last < 12 else None,
    }


def numbers(values: Iterable[float]) -> list[float | None]:
    """Numbers for JSON, six digits of each; what is not finite becomes nothing."""
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in np.asarray(list(values), dtype=float)]


def band(x: Iterable[float], low: Iterable[float], high: Iterable[float], name: str, colour: str) -> list[Json]:
    """The area between two curves."""
    shared = {"type": "scatter", "mode": "lines", "x": numbers(x), "line": {"width": 0}, "hoverinfo": "skip"}
    below = {**shared, "y": numbers(low), "showlegend": False, "legendgroup": name}
    above = {**shared, "y": numbers(high), "fill": "tonexty", "fillcolor": faint(colour, 0.22), "name": name}
    return [below, {**above, "legendgroup": name}]


def faint(colour: str, share: float) -> str:
    """A colour that lets so much of the paper through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def bracketed(words: str, unit: str) -> str:
    """Title of an axis: what, and its unit in brackets."""
    return f"{words} ({unit})" if unit else words


__all__ = [
    "BLUE",
    "COLOURS",
    "DARK",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "RED",
    "SKY",
    "SYMBOLS",
    "Json",
    "axis",
    "band",
    "bracketed",
    "cycles",
    "faint",
    "figure",
    "numbers",
    "plain_layout",
]
