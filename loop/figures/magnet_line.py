"""M against the amount of a substitute at several temperatures, and where a finite amount becomes best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from loop.assimilation.arrays import Array
from loop.figures.curves import Curve, Numbers, Shown, draw_curve
from loop.figures.style import BLUE, GREEN, GREY, ORANGE, RED, house_style
from loop.magnet.crossover import Crossover
from loop.magnetism import FiniteTemperature

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = (BLUE, GREEN, ORANGE, RED, GREY)
LINE, BEST, CHANCE = "M along the line", "best amount", "probability"
_WIDTH = 1.96


def magnet_line(
    model: FiniteTemperature, start: Array, end: Array, temperatures: Sequence[float], found: Crossover
) -> Shown:
    """Compute the figure.

    Parameters
    ----------
    model
        Fitted.
    start, end
        Compositions without and with all of the substitute, shape (d,).
    temperatures
        In K, at most five.
    found
        Crossover along the same line.
    """
    share = np.linspace(0.0, 1.0, 51)
    X = start + share[:, None] * (end - start)
    curves = []
    for T in temperatures:
        mean, deviation = model.predict(X, T, return_std=True)
        curves.append(
            Curve(LINE, f"{T:g} K", share, mean, mean - _WIDTH * deviation, mean + _WIDTH * deviation),
        )
    middle, low, high = found.best.T
    curves.append(Curve(BEST, "median and 95 %", found.temperatures, middle, low, high))
    curves.append(Curve(CHANCE, "that a finite amount is best", found.temperatures, found.probability))
    levels = (found.quantile(0.025), found.median, found.quantile(0.975))
    numbers = Numbers("Crossover temperature (K)", ("2.5 %", "median", "97.5 %"), {"a finite amount is best": levels})
    return Shown("Magnetization against substitution", tuple(curves), (numbers,))


def draw_magnet_line(shown: Shown, what: str, unit: str) -> Figure:
    """Draw what was computed.

    Parameters
    ----------
    shown
        See :func:`magnet_line`.
    what
        The substitute's variable, for the axes.
    unit
        Of M.
    """
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(12.0, 4.2))
        line, best, chance = figure.subplots(1, 3)
        for curve, colour in zip(shown.panel(LINE).values(), _COLOURS, strict=False):
            draw_curve(line, curve, color=colour, shade=0.15)
            top = int(np.argmax(curve.y))
            line.plot(curve.x[top], curve.y[top], "o", color=colour, markersize=5)
        line.set(xlabel=what, ylabel=f"M ({unit}), 95 % bands", title="Magnetization; dots at the maxima")
        line.legend(loc="lower left")
        for curve in shown.panel(BEST).values():
            draw_curve(best, curve, color=BLUE)
        best.set(xlabel="temperature (K)", ylabel=f"best {what}", title="Where M is largest")
        best.legend(loc="upper left")
        for curve in shown.panel(CHANCE).values():
            draw_curve(chance, curve, color=BLUE, label=None)
        low, middle, high = next(iter(shown.tables[0].rows.values()))
        chance.axvspan(low, high, color=GREY, alpha=0.15, linewidth=0)
        chance.axvline(middle, color=GREY, linewidth=0.8)
        chance.set(xlabel="temperature (K)", ylabel="probability", ylim=(-0.02, 1.02))
        chance.set_title(f"A finite amount is best\nabove {middle:.0f} K (95 %: {low:.0f} to {high:.0f} K)")
    return figure
