"""The figure of ``douka ingest``: a measured curve and what was read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loop.figures.curves import Curve
from loop.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_LOOKS = ((GREY, ":"), (GREEN, "--"), ("black", "-."), (PURPLE, (0, (1, 3))))


@dataclass(frozen=True)
class Reading:
    """A value read from a curve.

    Parameters
    ----------
    name
        How it was found.
    value, uncertainty
        On the axis that it is read from: of the adopted reading its standard uncertainty, of others half the range
        that is drawn; 0 where there is none.
    """

    name: str
    value: float
    uncertainty: float = 0.0


def draw_measurement(
    curve: Curve,
    readings: Sequence[Reading],
    title: str,
    labels: tuple[str, str],
    file: Path,
    *,
    is_abscissa: bool,
) -> None:
    """Draw and save.

    Parameters
    ----------
    curve
        What was measured.
    readings
        The adopted one first, with its uncertainty; the others as they differ.
    title
        Of the figure.
    labels
        Of the axes, with units.
    file
        Where to; the suffix gives the format (``.png``, ``.pdf``, ``.svg``).
    is_abscissa
        Whether the values are read from the horizontal axis (a temperature) or from the vertical one.
    """
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(6.4, 4.2))
        axes = figure.subplots()
        axes.set_title(title)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        axes.plot(curve.x, curve.y, ".", color=BLUE, markersize=3, label=curve.name)
        _draw_readings(axes, readings, is_abscissa=is_abscissa)
        axes.legend(loc="best", fontsize=7.5)
        figure.savefig(file, dpi=200)


def _draw_readings(axes: Axes, readings: Sequence[Reading], *, is_abscissa: bool) -> None:
    line, band = (axes.axvline, axes.axvspan) if is_abscissa else (axes.axhline, axes.axhspan)
    for number, reading in enumerate(readings):
        low, high = reading.value - reading.uncertainty, reading.value + reading.uncertainty
        if number == 0:
            band(low, high, color=ORANGE, alpha=0.25, linewidth=0)
            line(reading.value, color=RED, linewidth=1.2, label=reading.name)
            continue
        color, style = _LOOKS[(number - 1) % len(_LOOKS)]
        line(low, color=color, linewidth=0.9, linestyle=style, label=reading.name)
        if high > low:
            line(high, color=color, linewidth=0.9, linestyle=style)
