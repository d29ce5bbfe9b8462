"""What a figure shows, as numbers: they are drawn, and written beside the figure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.assimilation.arrays import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("panel", "series", "x", "y", "lower", "upper")


@dataclass(frozen=True, eq=False)
class Curve:
    """One line, set of points, or row of bars.

    Parameters
    ----------
    panel, name
        Where it is drawn and what it is called.
    x, y
        (n,).
    lower, upper
        (n,), the ends of its band; NaN where it has none.
    """

    panel: str
    name: str
    x: Array
    y: Array
    lower: Array = field(default_factory=lambda: np.array(np.nan))
    upper: Array = field(default_factory=lambda: np.array(np.nan))

    def __post_init__(self) -> None:
        """Make all of one length."""
        for key in ("lower", "upper"):
            object.__setattr__(self, key, np.broadcast_to(getattr(self, key), self.x.shape))

    @property
    def has_band(self) -> bool:
        """Whether it has a band anywhere."""
        return bool(np.isfinite(self.lower).any())


@dataclass(frozen=True, eq=False)
class Numbers:
    """A table of numbers.

    Parameters
    ----------
    title
        What they are.
    columns
        Their names; none for a table of one number a row.
    rows
        What → one number a column, NaN where there is none.
    """

    title: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a demonstration found.

    Parameters
    ----------
    title
        Of the figure.
    curves
        All that is drawn.
    tables
        The numbers that matter.
    """

    title: str
    curves: tuple[Curve, ...]
    tables: tuple[Numbers, ...]

    def panel(self, panel: str) -> dict[str, Curve]:
        """Return the curves of one panel by name."""
        return {curve.name: curve for curve in self.curves if curve.panel == panel}


def draw_curve(axes: Axes, curve: Curve, *, label: str | None = "", shade: float = 0.2, **look: Any) -> None:
    """Draw a line or points, and the band in the same colour.

    Parameters
    ----------
    axes
        Where.
    curve
        What.
    label
        In the legend: the curve's own name if empty, nothing if None.
    shade
        Opacity of the band.
    **look
        Of matplotlib's ``plot``.
    """
    shown = curve.name if label == "" else label
    if curve.has_band:
        step = "post" if look.get("drawstyle") == "steps-post" else None
        band: dict[str, Any] = {"color": look.get("color"), "alpha": shade, "linewidth": 0, "step": step}
        axes.fill_between(curve.x, curve.lower, curve.upper, **band)
    axes.plot(curve.x, curve.y, label=shown, **look)


def write_curves(curves: Iterable[Curve], file: Path) -> None:
    """Write a CSV of all points, one a row; numbers in full, nothing where there is no band."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for curve in curves:
            for row in zip(curve.x, curve.y, curve.lower, curve.upper, strict=True):
                writer.writerow([curve.panel, curve.name, *("" if np.isnan(v) else repr(float(v)) for v in row)])
