"""Numbers for readers: as many digits as the uncertainty is worth."""

from __future__ import annotations

import math


def plus_minus(value: float, deviation: float) -> str:
    """Write a value with its standard uncertainty, the latter to two significant digits: ``30.57 ± 0.42``."""
    if not math.isfinite(deviation) or deviation <= 0:
        return plain(value)
    digits = max(0, 1 - math.floor(math.log10(deviation)))
    return f"{value:.{digits}f} ± {deviation:.{digits}f}"


def plain(value: float) -> str:
    """Write a value without uncertainty, to six significant digits."""
    return f"{value:.6g}" if math.isfinite(value) else "–"
