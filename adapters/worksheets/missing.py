"""Answers that were kept and cannot be read: each concerns its own request only."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.worksheets.answer import Answer, DamagedAnswer, is_unasked
from loop.errors import TransientError
from loop.protocols import SlotContext
from loop.records import Failure, Provenance, Request, content_key

Kept = Mapping[str, Answer | DamagedAnswer | TransientError]
"""As :func:`~adapters.worksheets.answer.spooled` gives them."""

_LOOK = "A value was measured, and the file is left as it is: look into it, and at the worksheet, before asking again."


def damaged(kept: Kept, requests: Mapping[str, Request], context: SlotContext) -> list[Failure]:
    """What is lost of the answers to these requests, and of those to none; nobody knows what it was.

    Parameters
    ----------
    kept
        All answers of the slot.
    requests
        Open ones, by id.
    context
        Of the slot.
    """
    lost = {name: one for name, one in kept.items() if isinstance(one, DamagedAnswer)}
    return [
        _failure(name, one, requests.get(name), context)
        for name, one in lost.items()
        if name in requests or is_unasked(name)
    ]


def held_up(kept: Kept, requests: Mapping[str, Request]) -> TransientError | None:
    """What holds up these requests, if anything: files of their answers that cannot be read now.

    Parameters
    ----------
    kept, requests
        As for :func:`damaged`.
    """
    held = {name: one for name, one in kept.items() if isinstance(one, TransientError) and name in requests}
    if not held:
        return None
    trouble = TransientError(str(next(iter(held.values()))))
    trouble.requests = frozenset(held)
    return trouble


def _failure(name: str, answer: DamagedAnswer, request: Request | None, context: SlotContext) -> Failure:
    return Failure(
        request_id=None if request is None else name,
        target=context.target,
        label=name if request is None else request.label,
        reason=f"{answer.file}: {answer.reason}",
        remedy=_LOOK,
        provenance=Provenance(key=content_key(name, answer.reason), adapter=context.slot, file=answer.file),
        unknown=True,
    )
