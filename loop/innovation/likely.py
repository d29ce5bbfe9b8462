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


def likely_mistake(
    reading: Reading, others: Sequence[Reading], forecaster: Forecaster, z_score: float
) -> Alternative | None:
    """Guess what went wrong with a reading.

    Every known mistake says what the reading would be without it; the one whose corrected reading fits best is taken,
    with 2 ln(tries) to pay where several of a kind were looked at, since one of many fits by chance.

    Parameters
    ----------
    reading
        The suspicious one.
    others
        The rest of the table.
    forecaster
        Learned from readings that are believed, this one not among them.
    z_score
        Of the reading as it stands.

    Returns
    -------
    Alternative or None
        None where no mistake makes it fit within 3 deviations, and clearly better than it does.
    """
    found = [alternative for kind in MISTAKES for alternative in kind(reading, others)]
    if not found:
        return None
    best = min(zip(_misfits(found, forecaster), found, strict=True), key=lambda pair: pair[0])
    return best[1] if best[0] < z_score**2 - _WORTH else None


def _misfits(found: Sequence[Alternative], forecaster: Forecaster) -> list[float]:
    meant = [reading for alternative in found for reading in alternative.meant]
    z = innovations(meant, forecaster(meant), np.zeros(len(meant), dtype=bool))
    parts = np.split(z, np.cumsum([len(alternative.meant) for alternative in found])[:-1])
    return [
        float(np.mean(part**2)) + 2.0 * math.log(alternative.tries) if np.all(np.abs(part) <= _FITS) else math.inf
        for alternative, part in zip(found, parts, strict=True)
    ]
