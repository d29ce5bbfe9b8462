"""What an adapter hands over: a value, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

from loop.records.provenance import Provenance
from loop.records.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished calculation or measurement.

    Parameters
    ----------
    request_id
        The request it answers; None for a value nobody asked for (a file dropped into a folder).
    target
        Name of the target it is a value of.
    x
        Realised design point, in the order of the campaign's variables.
    value, unit, uncertainty
        The value, its unit, and its standard uncertainty where one is stated.
    label
        What a person calls the point.
    provenance
        Where it comes from.
    sample
        What was made and measured.
    temperature
        At which it was measured, in K; None where that does not matter, or is the target's own.
    """

    request_id: str | None
    target: str
    x: tuple[float, ...]
    value: float
    unit: str
    uncertainty: float | None
    label: str
    provenance: Provenance
    sample: Sample = field(default_factory=Sample)
    temperature: float | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A request that ended without a value, or a file that was read and refused.

    Parameters
    ----------
    request_id
        The request that failed; None for a file nobody asked for.
    target
        The target that a value was wanted of.
    label
        What a person calls it: a formula, a file name.
    reason, remedy
        What happened and what a person can do.
    provenance
        Where it comes from.
    unknown
        Whether it was started and nobody knows how far it came; it is never repeated by itself.
    """

    request_id: str | None
    target: str
    label: str
    reason: str
    remedy: str
    provenance: Provenance
    unknown: bool = False
