"""``archive``: a laboratory whose measurements exist already.

The counterpart of the simulators' pool for measurements: to the loop it is a laboratory that answers a request with one
measured value. Laboratories differ; which of the published values of a compound comes back is drawn by the
campaign's seed.
"""

from __future__ import annotations

from adapters.simulators.pool import Pool


class Archive(Pool):
    """Published measurements, handed out one at a time; everything it does is said at :class:`Pool`."""
