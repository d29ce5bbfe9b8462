"""The answer of a measurement file."""

from __future__ import annotations

from pathlib import Path

from adapters.worksheets.answer import Answer
from adapters.worksheets.reducing import Reduced
from loop.protocols import SlotContext
from loop.records import Provenance, Request, Sample, content_key, sample_id


def answer_of(
    found: Reduced,
    file: Path,
    context: SlotContext,
    request: Request | None,
    *,
    x: tuple[float, ...] | None = None,
    sample: Sample | None = None,
    person: str = "",
    note: str = "",
) -> Answer:
    """Make the answer of a measurement file.

    Parameters
    ----------
    found
        What it says, in the slot's unit.
    file
        Of the magnetometer.
    context
        Of the slot.
    request
        The request it answers; None where nobody asked, and then there must be a point.
    x
        Realised point, where it is not the requested one.
    sample
        What was measured; by default the sample of the request.
    person, note
        Who, and what else is to be said.
    """
    own = Sample(id=sample_id(request.repeats or request.id)) if request is not None else Sample()
    known = sample or own
    said = (found.method, *found.measurement.remarks, note)
    return Answer(
        request_id=None if request is None else request.id,
        value=found.value,
        unit=context.unit,
        uncertainty=found.uncertainty,
        x=x,
        sample=known,
        provenance=Provenance(
            key=content_key(context.target, found.measurement.sha256, found.value, *(x or ())),
            adapter=context.slot,
            file=file.name,
            file_sha256=found.measurement.sha256,
            locator=found.measurement.mode.value,
            person=person,
            sample=known.laboratory_id or known.id or found.measurement.specimen.name,
            note="; ".join(part for part in said if part),
        ),
    )
