"""Three shares that sum to a whole, on an equilateral triangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.data import Corners

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = np.sqrt(0.75)
_TICKS = 5


def onto(first: np.ndarray, second: np.ndarray, whole: float) -> tuple[np.ndarray, np.ndarray]:
    """Place points in a triangle of edge 1: the rest at the left corner, the first at the right, the second on top.

    Parameters
    ----------
    first, second
        Shares, (n,).
    whole
        What all three sum to.
    """
    return (first + second / 2) / whole, second / whole * HEIGHT


def corner_labels(axes: Axes, corners: Corners) -> None:
    """Draw edges, ticks and names of the corners in place of axes."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.plot([0, 1, 0.5, 0], [0, 0, HEIGHT, 0], color="black", linewidth=0.8, zorder=2)
    rest, first, second = corners.names
    axes.text(-0.03, -0.03, rest, ha="right", va="top")
    axes.text(1.03, -0.03, first, ha="left", va="top")
    axes.text(0.5, HEIGHT + 0.03, second, ha="center", va="bottom")
    for share in np.arange(1, _TICKS) / _TICKS:
        _tick(axes, share, (share, 0.0), (0.5, -1.0), ("center", "top"), corners.whole)
        _tick(axes, share, (1 - share / 2, share * HEIGHT), (1.0, 0.3), ("left", "center"), corners.whole)
        _tick(axes, share, ((1 - share) / 2, (1 - share) * HEIGHT), (-1.0, 0.3), ("right", "center"), corners.whole)
    axes.text(0.5, -0.1, f"{first} →", ha="center", va="top")
    axes.text(0.87, 0.5, f"{second} →", rotation=-60, ha="center", va="center")
    axes.text(0.13, 0.5, f"← {rest}", rotation=60, ha="center", va="center")
    axes.set_xlim(-0.12, 1.12)
    axes.set_ylim(-0.18, HEIGHT + 0.12)


def _tick(
    axes: Axes, share: float, at: tuple[float, float], out: tuple[float, float], align: tuple[str, str], whole: float
) -> None:
    length = 0.02
    end = at[0] + length * out[0], at[1] + length * out[1]
    axes.plot([at[0], end[0]], [at[1], end[1]], color="black", linewidth=0.6)
    axes.text(
        end[0] + 0.01 * out[0], end[1] + 0.01 * out[1], f"{share * whole:g}", ha=align[0], va=align[1], fontsize=6
    )
