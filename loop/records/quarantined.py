"""A value that was not believed, kept with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from loop.records.provenance import Provenance
from loop.records.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """Something that came in and was not admitted; it is kept and shown, never dropped.

    Parameters
    ----------
    id
        The provenance key.
    target, x, value, unit, label
        As handed over; ``x`` is None and ``value`` NaN where it had none.
    reason, remedy
        Why it was not admitted, and what a person can do.
    z_score
        Standardized difference from the prediction, where that was the reason; None otherwise.
    request_id
        The request it answers, or None.
    provenance
        Where it comes from.
    uncertainty
        As handed over; None where none was stated.
    verdict
        What a person decided about it, with the reason; empty while nobody has.
    sample
        What was made and measured.
    unknown
        Whether a request was started and nobody knows how far it came.
    temperature
        At which it was measured, in K; None where that does not matter, or is the target's own.
    """

    id: str
    target: str
    x: tuple[float, ...] | None
    value: float
    unit: str
    label: str
    reason: str
    remedy: str
    z_score: float | None
    request_id: str | None
    provenance: Provenance
    uncertainty: float | None = None
    verdict: str = ""
    sample: Sample = field(default_factory=Sample)
    unknown: bool = False
    temperature: float | None = None
