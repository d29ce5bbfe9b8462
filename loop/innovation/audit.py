"""A whole table, each value held against the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loop.innovation.forecast import Learn
from loop.innovation.likely import likely_mistake
from loop.innovation.mistakes import Alternative
from loop.innovation.reading import Reading
from loop.innovation.trimming import trimmed

LIMIT = 3.0
"""Predictive standard deviations beyond which a value is suspicious."""


@dataclass(frozen=True)
class Finding:
    """One suspicious reading.

    Parameters
    ----------
    reading
        As it stands in the table.
    expected, deviation
        What the others foretell, and its standard deviation with the scatter of a measurement.
    z_score
        Of the reading.
    mistake
        What would explain it; None where nothing does.
    """

    reading: Reading
    expected: float
    deviation: float
    z_score: float
    mistake: Alternative | None


@dataclass(frozen=True)
class Audit:
    """What is suspicious in a table.

    Parameters
    ----------
    findings
        Worst first.
    z_scores
        Of all readings, in their order.
    """

    findings: tuple[Finding, ...]
    z_scores: tuple[float, ...]


def audit(readings: Sequence[Reading], learn: Learn, limit: float = LIMIT) -> Audit:
    """Hold every reading of a table against what the others foretell.

    Parameters
    ----------
    readings
        The table.
    learn
        Fits a model to readings: :func:`loop.foretelling.learner` makes one of a campaign.
    limit
        Distance in predictive standard deviations beyond which a reading is suspicious.

    Raises
    ------
    EstimationError
        Where the readings determine no model.
    """
    outcome = trimmed(readings, learn, limit)
    doubted = [i for i, believed in enumerate(outcome.is_believed) if not believed]
    findings = []
    if doubted:
        forecast = outcome.forecaster([readings[i] for i in doubted])
        for at, i in enumerate(doubted):
            others = [*readings[:i], *readings[i + 1 :]]
            z = float(outcome.z_score[i])
            stated = readings[i].uncertainty or 0.0
            deviation = (forecast.deviation[at] ** 2 + forecast.scatter[at] ** 2 + stated**2) ** 0.5
            mistake = likely_mistake(readings[i], others, outcome.forecaster)
            findings.append(Finding(readings[i], float(forecast.mean[at]), float(deviation), z, mistake))
    findings.sort(key=lambda finding: -abs(finding.z_score))
    return Audit(tuple(findings), tuple(float(z) for z in outcome.z_score))
