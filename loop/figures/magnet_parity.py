"""Measured against predicted, by laboratory, with what each laboratory was found to lie off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from loop.assimilation.arrays import Array
from loop.figures.curves import Curve, Shown
from loop.figures.style import BLUE, GREY, house_style
from loop.magnetism import FiniteTemperature, Row
from loop.magnetism.finite_temperature import ZERO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OFFSETS = "offset in M0"
UNNAMED = "no laboratory named"
_SHOWN = 34
_MARKS = "osD^v<>PX*hpd"


def magnet_parity(model: FiniteTemperature, rows: Sequence[Row]) -> Shown:
    """Compute the figure.

    Parameters
    ----------
    model
        Fitted to the rows.
    rows
        Measured magnetizations at any temperature.
    """
    X = np.array([row.x for row in rows])
    mean, deviation = model.predict(X, np.array([row.temperature for row in rows]), return_std=True)
    values = np.array([row.value for row in rows])
    curves = []
    for name in sorted({row.laboratory or UNNAMED for row in rows}):
        own = np.array([(row.laboratory or UNNAMED) == name for row in rows])
        low, high = mean[own] - deviation[own], mean[own] + deviation[own]
        curves.append(Curve("parity", name, mean[own], values[own], low, high))
    for offset in model.laboratories_:
        if offset.target == ZERO:
            at = np.array([offset.mean])
            ends = np.array([offset.mean - 1.96 * offset.deviation]), np.array([offset.mean + 1.96 * offset.deviation])
            curves.append(Curve(OFFSETS, offset.laboratory, np.array([float(offset.rows)]), at, *ends))
    return Shown("Measured against predicted, by laboratory", tuple(curves), ())


def draw_magnet_parity(shown: Shown, unit: str) -> Figure:
    """Draw what was computed.

    Parameters
    ----------
    shown
        See :func:`magnet_parity`; the band of a point of the parity plot is that of its prediction.
    unit
        Of M.
    """
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(12.0, 4.8))
        parity, offsets = figure.subplots(1, 2, width_ratios=[1.0, 0.9])
        _draw_parity(parity, shown.panel("parity"), unit)
        _draw_offsets(offsets, shown.panel(OFFSETS), unit)
    return figure


def _draw_parity(axes: Axes, curves: dict[str, Curve], unit: str) -> None:
    from matplotlib import colormaps

    everything = np.concatenate([np.concatenate([curve.x, curve.y]) for curve in curves.values()])
    ends: Array = np.array([everything.min() - 1.0, everything.max() + 1.0])
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    for k, (name, curve) in enumerate(curves.items()):
        colour, mark = colormaps["tab10"](k % 10), _MARKS[k % len(_MARKS)]
        across = np.stack([curve.x - curve.lower, curve.upper - curve.x])
        axes.errorbar(
            curve.x, curve.y, xerr=across, fmt=mark, color=colour, markersize=4, elinewidth=0.5, alpha=0.8,
            label=_short(name),
        )  # fmt: skip
    axes.set(xlabel=f"predicted, of no laboratory ({unit})", ylabel=f"measured ({unit})")
    axes.set_title("Measured against predicted, ± 1 standard deviation")
    axes.legend(fontsize=6.5, loc="upper left")


def _draw_offsets(axes: Axes, curves: dict[str, Curve], unit: str) -> None:
    ordered = sorted(curves.items(), key=lambda item: float(item[1].y[0]))
    for k, (_, curve) in enumerate(ordered):
        axes.plot([curve.lower[0], curve.upper[0]], [k, k], color=BLUE, linewidth=1.5, alpha=0.5)
        axes.plot(curve.y, [k], "o", color=BLUE, markersize=5)
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(ordered)), [f"{_short(name)} ({curve.x[0]:.0f})" for name, curve in ordered], fontsize=7)
    axes.set(xlabel=f"offset in $M_0$ ({unit}), 95 %")
    axes.set_title("What each laboratory lies off (values)")


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"
