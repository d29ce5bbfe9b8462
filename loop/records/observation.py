"""A value that the model learns from."""

from __future__ import annotations

from dataclasses import dataclass, field

from loop.records.provenance import Provenance
from loop.records.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One admitted value of one target at one design point.

    Parameters
    ----------
    id
        The provenance key.
    target
        Name of the target in the campaign.
    x
        Realised design point, in the order of the campaign's variables.
    value, uncertainty
        In the target's unit; the standard uncertainty is None where none was stated.
    label
        What a person calls the point, for example its formula.
    request_id, requested_x
        The request it answers and the point that was asked for; None where it came unasked.
    provenance
        Where it comes from.
    sample
        What was made and measured.
    temperature
        At which it was measured, in K; None where that does not matter, or is the target's own.
    """

    id: str
    target: str
    x: tuple[float, ...]
    value: float
    uncertainty: float | None
    label: str
    request_id: str | None
    requested_x: tuple[float, ...] | None
    provenance: Provenance
    sample: Sample = field(default_factory=Sample)
    temperature: float | None = None
