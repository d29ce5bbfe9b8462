"""How far values lay from what was foretold of them, in predictive standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from loop.figures.data.foretold import foretold
from loop.figures.data.moment import Moment
from loop.figures.data.table import Table, column
from loop.records import Source

EDGES = np.arange(-4.0, 4.01, 0.5)
"""Of the bins; what lies beyond counts in the outermost."""
LEVELS = (1.0, 2.0)
"""Standard deviations within which values are counted."""


@dataclass(frozen=True, eq=False)
class Innovations:
    """Standardized innovations z = (value − foretold) / √(deviation² + scatter² + uncertainty²), in order.

    Parameters
    ----------
    z
        (n,).
    cycles
        When each value was learned from, (n,).
    labels, targets, laboratories
        (n,) texts.
    refused
        How many more values were refused because their z was too large: they are not in ``z``.
    """

    z: np.ndarray
    cycles: np.ndarray
    labels: tuple[str, ...]
    targets: tuple[str, ...]
    laboratories: tuple[str, ...]
    refused: int

    def coverage(self, level: float) -> np.ndarray:
        """Share of the first k values that came within ``level`` deviations, k = 1 … n, (n,)."""
        return np.cumsum(np.abs(self.z) <= level) / np.arange(1, len(self.z) + 1)

    def counts(self) -> np.ndarray:
        """Values in each bin of ``EDGES``, (len(EDGES) − 1,)."""
        return np.asarray(np.histogram(np.clip(self.z, EDGES[0], EDGES[-1]), EDGES)[0])

    def expected(self) -> np.ndarray:
        """How many a standard normal would put there; the outermost bins take its tails."""
        edges = np.concatenate([[-np.inf], EDGES[1:-1], [np.inf]])
        return np.asarray(len(self.z) * np.diff(ndtr(edges)))

    def histogram(self) -> Table:
        """One row a bin."""
        return Table(
            "Standardized innovations; what lies beyond is in the outermost bins",
            (
                column("z from", EDGES[:-1]),
                column("z to", EDGES[1:]),
                column("values", self.counts()),
                column("expected of a standard normal", self.expected()),
            ),
        )

    def table(self) -> Table:
        """One row a value."""
        return Table(
            f"Values that were foretold; {self.refused} more were refused for their z",
            (
                column("what", self.labels),
                column("target", self.targets),
                column("laboratory", self.laboratories),
                column("cycle", self.cycles),
                column("z", self.z),
                *(column(f"share within {level:g} so far", self.coverage(level)) for level in LEVELS),
            ),
        )


def nominal(level: float) -> float:
    """Share of a normal distribution within so many standard deviations."""
    return float(2.0 * ndtr(level) - 1.0)


def innovations(moment: Moment, source: Source | None = Source.EXPERIMENT) -> Innovations:
    """Gather them.

    Parameters
    ----------
    moment
        As of when.
    source
        Only values of this source; all of them if None.
    """
    found = [each for each in foretold(moment) if source in {None, each.source} and np.isfinite(each.z)]
    targets = moment.campaign.table.targets
    refused = [
        item
        for item in moment.state.quarantine
        if item.z_score is not None and item.target in targets and source in {None, targets[item.target].source}
    ]
    return Innovations(
        z=np.array([each.z for each in found]),
        cycles=np.array([each.cycle for each in found], dtype=int),
        labels=tuple(each.observation.label for each in found),
        targets=tuple(each.observation.target for each in found),
        laboratories=tuple(each.observation.provenance.laboratory for each in found),
        refused=len(refused),
    )
