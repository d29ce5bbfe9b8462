"""M over two composition axes at one temperature, and its uncertainty beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.assimilation.arrays import Array
from loop.figures.curves import Curve, Shown
from loop.figures.style import house_style
from loop.magnetism import FiniteTemperature
from loop.space import Space

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 41
MAP = "M"


def magnet_map(model: FiniteTemperature, space: Space, axes: tuple[int, int], base: Array, temperature: float) -> Shown:
    """Compute the figure: one curve a row of the map, NaN where there is no such composition.

    Parameters
    ----------
    model
        Fitted.
    space
        Says which compositions there are.
    axes
        Columns of the horizontal and the vertical variable.
    base
        Composition of all other variables, shape (d,).
    temperature
        In K.
    """
    across, up = (np.linspace(low, high, _POINTS) for low, high in space.bounds[list(axes)])
    curves = []
    for height in up:
        X = np.tile(base, (_POINTS, 1))
        X[:, axes[0]], X[:, axes[1]] = across, height
        allowed = space.allows(X)
        mean, deviation = np.full((2, _POINTS), np.nan)
        if allowed.any():
            mean[allowed], deviation[allowed] = model.predict(X[allowed], temperature, return_std=True)
        name = f"{space.names[axes[1]]} = {height:.4g}"
        curves.append(Curve(MAP, name, across, mean, mean - deviation, mean + deviation))
    title = f"Magnetization at {temperature:g} K"
    return Shown(title, tuple(curves), ())


def draw_magnet_map(shown: Shown, names: tuple[str, str], heights: Array, unit: str) -> Figure:
    """Draw mean and standard deviation side by side.

    Parameters
    ----------
    shown
        See :func:`magnet_map`.
    names
        Of the horizontal and the vertical variable.
    heights
        Lowest and highest value of the vertical variable.
    unit
        Of M.
    """
    from matplotlib.figure import Figure

    rows = list(shown.panel(MAP).values())
    mean = np.array([curve.y for curve in rows])
    deviation = np.array([(curve.upper - curve.lower) / 2 for curve in rows])
    across, up = rows[0].x, np.linspace(heights[0], heights[1], len(rows))
    with house_style():
        figure = Figure(figsize=(11.0, 4.4))
        for axes, values, what, colours in zip(
            figure.subplots(1, 2), (mean, deviation), ("M", "standard deviation"), ("viridis", "magma_r"), strict=True
        ):
            mesh = axes.pcolormesh(across, up, values, cmap=colours, shading="nearest", rasterized=True)
            lines = axes.contour(across, up, values, colors="white" if what == "M" else "grey", linewidths=0.6)
            axes.clabel(lines, fontsize=7)
            figure.colorbar(mesh, ax=axes, label=f"{what} ({unit})")
            axes.set(xlabel=names[0], ylabel=names[1])
            axes.set_title(shown.title if what == "M" else "and how far it is known")
    return figure
