"""The prediction over the two variables that matter most, with its uncertainty beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from loop.figures.data import Moment, Plane, leading, plane
from loop.figures.gallery.drawing import WIDE, Drawing
from loop.figures.gallery.lacking import LackingError, require_model
from loop.figures.gallery.triangle import corner_labels, onto
from loop.figures.gallery.words import objective_words, variable_words, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = 14
_LOOKS = (("mean", "viridis"), ("deviation", "magma_r"))


def map_drawing(moment: Moment, variables: tuple[str, str] | None = None) -> Drawing:
    """Make the figure ready.

    Parameters
    ----------
    moment
        As of when.
    variables
        Over which; the two that matter most if None.

    Raises
    ------
    LackingError
        While there is no model, or where there is only one variable.
    """
    require_model(moment)
    if len(moment.campaign.space.names) < 2:
        raise LackingError("there is only one variable: its line says all")
    first, second = variables or leading(moment)[:2]
    shown = plane(moment, (first, second))
    if shown is None or not np.isfinite(shown.mean).any():
        raise LackingError("there is no point to lay a plane through: no candidate, and nothing measured")
    labels = objective_words(moment), with_unit("standard deviation", shown.unit)

    def draw(figure: Figure) -> None:
        for axes, (what, colours), label in zip(figure.subplots(1, 2), _LOOKS, labels, strict=True):
            filled = draw_plane(axes, shown, getattr(shown, what), colours)
            figure.colorbar(filled, ax=axes, label=label, shrink=0.85)

    return Drawing(
        "map",
        f"Prediction over {first} and {second}",
        f"Noise-free prediction (left) and its standard deviation (right){_held(shown)}; dots: measured values that "
        "lie in this plane.",
        WIDE,
        72.0,
        draw,
        {"": shown.table()},
    )


def draw_plane(axes: Axes, shown: Plane, values: np.ndarray, colours: str) -> Any:
    """Draw one quantity over the plane; give what a colour bar needs.

    Parameters
    ----------
    axes
        Where.
    shown
        The plane.
    values
        At its points, (n,).
    colours
        Name of a colour map.
    """
    dots: dict[str, Any] = {
        "marker": "o",
        "s": 9,
        "color": "white",
        "edgecolors": "black",
        "linewidths": 0.6,
        "zorder": 3,
    }
    if shown.corners is not None:
        across, up = onto(shown.first, shown.second, shown.corners.whole)
        good = np.isfinite(values)
        filled = axes.tricontourf(across[good], up[good], values[good], levels=_LEVELS, cmap=colours)
        corner_labels(axes, shown.corners)
        axes.scatter(*onto(shown.nearby.x[:, 0], shown.nearby.x[:, 1], shown.corners.whole), **dots)
    else:
        filled = _rectangle(axes, shown, values, colours)
        axes.scatter(*shown.nearby.x.T, **dots)
        axes.set_xlabel(variable_words(shown.variables[0], shown.descriptions[0]))
        axes.set_ylabel(variable_words(shown.variables[1], shown.descriptions[1]))
    return filled


def _rectangle(axes: Axes, shown: Plane, values: np.ndarray, colours: str) -> Any:
    assert shown.shape is not None  # noqa: S101
    across, up, grid = (each.reshape(shown.shape) for each in (shown.first, shown.second, values))
    for axis, names in zip((axes.xaxis, axes.yaxis), shown.categories, strict=True):
        if names:
            axis.set_ticks(np.arange(len(names)), names)
    if any(shown.categories):
        return axes.pcolormesh(across, up, grid, cmap=colours, shading="nearest")
    return axes.contourf(across, up, np.ma.masked_invalid(grid), levels=_LEVELS, cmap=colours)


def _held(shown: Plane) -> str:
    held = [
        f"{name} = {value}" if isinstance(value, str) else f"{name} = {value:g}"
        for name, value in shown.at.items()
        if name not in shown.variables
    ]
    return f", at {', '.join(held)}" if held else ""
