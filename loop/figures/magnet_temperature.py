"""M(T) of some compounds with bands, against what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from loop.figures.curves import Curve, Shown, draw_curve
from loop.figures.style import BLUE, GREY, RED, house_style, shown_formula
from loop.innovation import Reading
from loop.magnetism import FiniteTemperature

if TYPE_CHECKING:
    from matplotlib.figure import Figure

M, CURIE, DATA, CURIE_DATA = "M", "Curie temperature", "measured M", "measured Curie temperature"
_LEVELS = (0.025, 0.5, 0.975)
_COLUMNS = 3


def magnet_temperature(
    model: FiniteTemperature,
    compounds: Mapping[str, tuple[float, ...]],
    magnetizations: Sequence[tuple[Reading, float]],
    curies: Sequence[Reading],
    highest: float,
) -> Shown:
    """Compute the figure.

    Parameters
    ----------
    model
        Fitted.
    compounds
        Points by name.
    magnetizations
        Measured values with their temperatures in K.
    curies
        Measured Curie temperatures.
    highest
        Temperature at which the curves end, in K.
    """
    T = np.linspace(0.0, highest, 61)
    curves = []
    for name, x in compounds.items():
        X = np.tile(np.array(x), (len(T), 1))
        low, middle, high = model.predict(X, T, quantiles=_LEVELS)[1].T
        curves.append(Curve(name, M, T, middle, low, high))
        mean, deviation = (float(part[0]) for part in model.curie_temperature(X[:1]))
        curves.append(
            Curve(name, CURIE, np.array([mean - 1.96 * deviation, mean, mean + 1.96 * deviation]), np.zeros(3))
        )
        own = [(reading.value, at) for reading, at in magnetizations if reading.x == x]
        curves.append(Curve(name, DATA, np.array([at for _, at in own]), np.array([value for value, _ in own])))
        measured = np.array([reading.value for reading in curies if reading.x == x])
        curves.append(Curve(name, CURIE_DATA, measured, np.zeros(len(measured))))
    return Shown("Magnetization against temperature", tuple(curves), ())


def draw_magnet_temperature(shown: Shown, unit: str) -> Figure:
    """Draw what was computed, one panel a compound.

    Parameters
    ----------
    shown
        See :func:`magnet_temperature`.
    unit
        Of M.
    """
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(curve.panel for curve in shown.curves))
    rows = -(-len(names) // _COLUMNS)
    with house_style():
        figure = Figure(figsize=(12.0, 0.6 + 3.2 * rows))
        panels = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, name in zip(panels, names, strict=False):
            curves = shown.panel(name)
            draw_curve(axes, curves[M], color=BLUE, label="predicted, 95 % band")
            draw_curve(axes, curves[CURIE], color=BLUE, label=None, linewidth=5, alpha=0.35)
            axes.plot(curves[DATA].x, curves[DATA].y, "o", color=RED, markersize=4, alpha=0.7, label="measured")
            axes.plot(curves[CURIE_DATA].x, curves[CURIE_DATA].y, "|", color=RED, markersize=10, label="measured $T_c$")
            axes.set_title(shown_formula(name))
            axes.axhline(0.0, color=GREY, linewidth=0.5)
        for axes in panels[len(names) :]:
            axes.set_axis_off()
        panels[0].legend(loc="lower left", fontsize=7.5)
        figure.supxlabel("temperature (K)", fontsize=9)
        figure.supylabel(f"M ({unit})", fontsize=9)
    return figure
