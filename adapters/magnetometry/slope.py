"""A smooth M(T) and where it falls most steeply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.measurement import Array

LEAST = 15
_GRID, _WINDOW = 400, 9


@dataclass(frozen=True, eq=False)
class Fall:
    """A curve M(T) on an even grid, its slope, and where that is steepest.

    Parameters
    ----------
    temperature, magnetization, slope
        (n,), by rising temperature; smoothed by Savitzky and Golay's parabolas of nine points.
    steepest
        Temperature of the steepest fall, between the points of the grid.
    """

    temperature: Array
    magnetization: Array
    slope: Array
    steepest: float

    @property
    def step(self) -> float:
        """Distance of the grid in K."""
        return float(self.temperature[1] - self.temperature[0])

    @property
    def index(self) -> int:
        """The grid point next to the steepest fall."""
        return int(np.argmin(abs(self.temperature - self.steepest)))

    @property
    def is_inside(self) -> bool:
        """Whether the curve goes on long enough on both sides of the steepest fall."""
        return _WINDOW // 2 < self.index < len(self.temperature) - 1 - _WINDOW // 2


def fall_of(temperature: Array, magnetization: Array) -> Fall:
    """Smooth a curve M(T) and find its steepest fall.

    Parameters
    ----------
    temperature, magnetization
        (n,), n ≥ 15, in any order; repeated temperatures are averaged.
    """
    T, inverse = np.unique(np.round(temperature, 3), return_inverse=True)
    M = np.bincount(inverse, weights=magnetization) / np.bincount(inverse)
    grid = np.linspace(T[0], T[-1], int(min(_GRID, max(LEAST, len(T)))))
    # Averages between the grid's midpoints, so that dense noisy points count all.
    edges = np.concatenate([[-np.inf], 0.5 * (grid[1:] + grid[:-1]), [np.inf]])
    place = np.digitize(T, edges) - 1
    count = np.bincount(place, minlength=len(grid))
    centre = np.bincount(place, weights=T, minlength=len(grid)) / np.maximum(count, 1)
    mean = np.bincount(place, weights=M, minlength=len(grid)) / np.maximum(count, 1)
    even = np.interp(grid, centre[count > 0], mean[count > 0])
    step = float(grid[1] - grid[0])
    from scipy.signal import savgol_filter  # a second to import, for everyone who asks how a campaign stands

    slope = savgol_filter(even, _WINDOW, 2, deriv=1, delta=step, mode="interp")
    smooth = savgol_filter(even, _WINDOW, 2, mode="interp")
    return Fall(grid, smooth, slope, _lowest(grid, slope))


def _lowest(grid: Array, slope: Array) -> float:
    """Vertex of the parabola through the lowest point and its neighbours."""
    at = int(np.argmin(slope))
    if not 0 < at < len(grid) - 1:
        return float(grid[at])
    left, middle, right = slope[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return float(grid[at] + (0.5 * (left - right) / bend if bend > 0 else 0.0) * (grid[1] - grid[0]))
