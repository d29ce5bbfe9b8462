"""Which variables matter most, so that they are shown first."""

from __future__ import annotations

import numpy as np

from loop.figures.data.band import band
from loop.figures.data.moment import Moment

_POINTS = 21


def leading(moment: Moment) -> tuple[str, ...]:
    """Variables by how much the prediction changes along each through the best point, most first.

    Parameters
    ----------
    moment
        As of when; without a model the order is that of the campaign file.
    """
    names = moment.campaign.space.names
    ranges = {name: _range(moment, name) for name in names}
    return tuple(sorted(names, key=lambda name: -ranges[name]))


def _range(moment: Moment, variable: str) -> float:
    found = band(moment, variable, points=_POINTS)
    if found is None or not np.isfinite(found.mean).any():
        return 0.0
    return float(np.nanmax(found.mean) - np.nanmin(found.mean))
