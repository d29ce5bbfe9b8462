"""Which mistake would explain a value that does not fit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loop.innovation.forecast import Forecaster
from loop.innovation.mistakes import MISTAKES, Alternative
from loop.innovation.reading import Reading
from loop.innovation.standardized import innovations

_FITS = 3.0
_WORTH = 6.0
_TINY = 1e-100
_SHARPEST = 1e-4


def likely_mistake(reading: Reading, others: Sequence[Reading], forecaster: Forecaster) -> Alternative | None:
    """Guess what went wrong with a reading.

    Every known mistake says what the reading would be without it; the one that makes it most probable is taken. It pays
    2 ln(tries) where several of a kind were looked at, since one of many fits by chance, and it pays for a prediction
    so vague that anything fits it.

    Parameters
    ----------
    reading
        The suspicious one.
    others
        The rest of the table.
    forecaster
        Learned from readings that are believed, this one not among them.

    Returns
    -------
    Alternative or None
        None where no mistake makes it fit within 3 deviations, and clearly better than it does.
    """
    found = [alternative for kind in MISTAKES for alternative in kind(reading, others)]
    if not found:
        return None
    as_it_stands = Alternative("", "", (reading,))
    own, *misfits = _misfits([as_it_stands, *found], forecaster)
    best = min(zip(misfits, found, strict=True), key=lambda pair: pair[0])
    return best[1] if best[0] < own - _WORTH else None


def _misfits(found: Sequence[Alternative], forecaster: Forecaster) -> list[float]:
    """Minus twice the logarithm of each one's density, in units of the value; infinite where it does not fit."""
    meant = [reading for alternative in found for reading in alternative.meant]
    forecast = forecaster(meant)
    z = innovations(meant, forecast, np.zeros(len(meant), dtype=bool))
    vagueness = np.hypot(forecast.deviation, forecast.scatter) / np.maximum(np.abs(forecast.mean), _TINY)
    density = z**2 + 2.0 * np.log(np.maximum(vagueness, _SHARPEST))
    cuts = np.cumsum([len(alternative.meant) for alternative in found])[:-1]
    return [
        float(np.mean(part)) + 2.0 * math.log(alternative.tries)
        if not alternative.kind or np.all(np.abs(fit) <= _FITS)
        else math.inf
        for alternative, part, fit in zip(found, np.split(density, cuts), np.split(z, cuts), strict=True)
    ]
