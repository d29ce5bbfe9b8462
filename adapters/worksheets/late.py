"""Values that differ from an answer that is kept already: the first one counts, but nobody is to believe otherwise."""

from __future__ import annotations

import math
from dataclasses import replace

from adapters.worksheets import heading as h
from adapters.worksheets.answer import Answer
from adapters.worksheets.filled import Row, number
from adapters.worksheets.missing import Kept
from loop.protocols import SlotContext
from loop.records import Failure, Provenance, content_key

AFTER = "entered after {} had ended"
"""Note of a value that corrects one."""

_ROUNDING = 1e-9


def answered_otherwise(before: Answer, value: float | None, now: Provenance, context: SlotContext) -> Failure:
    """Say of a value that its request was answered before, and otherwise; of the same value always the same.

    Parameters
    ----------
    before
        The answer that is kept.
    value
        In the slot's unit; None where there is said to be none.
    now
        Where it comes from; its key is made anew.
    context
        Of the slot.
    """
    where, name = f"{now.file} {now.locator}".strip(), before.name
    return Failure(
        request_id=None,
        target=context.target,
        label=name,
        reason=f"{where}: {name} was answered before, and otherwise ({before.provenance.file})",
        remedy="The first answer counts. If it is wrong: douka retract, then douka enter with the right value.",
        provenance=replace(now, key=content_key(context.target, name, value)),
    )


def changed_later(row: Row, answered: Kept, context: SlotContext) -> Failure | None:
    """Say of a row, whose request is not open any more, that it has another value than was taken in.

    Only a value in the slot's own unit is compared: what a file or another unit comes to depends on the request, which
    is not known any more.

    Parameters
    ----------
    row
        Filled.
    answered
        The answers that are kept, by name.
    context
        Of the slot.
    """
    first = answered.get(row.text(h.REQUEST))
    if not isinstance(first, Answer) or row.text(h.UNIT) != first.unit:
        return None
    try:
        value = number(row, h.VALUE)
    except ValueError:
        return None
    said = [first.value, *_corrections(first, answered)]
    if value is None or any(one is not None and math.isclose(one, value, rel_tol=_ROUNDING) for one in said):
        return None
    provenance = Provenance(
        key="",
        adapter=context.slot,
        file=row.file.name,
        file_sha256=row.sha256,
        locator=f"line {row.line}",
        person=row.text(h.BY),
    )
    return answered_otherwise(first, value, provenance, context)


def _corrections(first: Answer, answered: Kept) -> list[float | None]:
    note = AFTER.format(first.name)
    return [one.value for one in answered.values() if isinstance(one, Answer) and one.provenance.note.startswith(note)]
