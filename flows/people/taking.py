"""A value that a person entered, handed to the core: the same from Prefect's form, command line and live page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adapters.instruments.worksheet import TAKEN, Worksheet
from adapters.worksheets.answer import answer_to
from adapters.worksheets.entered import entered
from loop.campaign import Campaign
from loop.errors import DataError
from loop.records import Request
from loop.slots import context_of


def take_value(campaign: Campaign, history: Path, request: Request, columns: Mapping[str, str]) -> str:
    """Check what a person entered and keep it: the next cycle takes it in, once.

    Parameters
    ----------
    campaign
        As its folder lies now, since a worksheet's folder is relative to it.
    history
        Folder of its history.
    request
        To a slot that people answer; to one that has ended, what is entered is a further value at its point.
    columns
        Texts by column of a worksheet.

    Returns
    -------
    str
        What became of it, in words; the same words entered twice are kept once.

    Raises
    ------
    DataError
        Where it is not complete or not plausible, or the request was answered before, and otherwise.
    """
    if not request.status.is_open:
        return _amend(campaign, history, request, columns)
    context = context_of(campaign, request.adapter, history)
    adapter, before = Worksheet(context), answer_to(context.state, request.id)
    adapter.submit(request)
    verdict = adapter.enter(entered(request, columns, context.unit))
    if verdict != TAKEN:
        raise DataError(f"{request.id} ({request.label}): {verdict}")
    known = "is answered" if before is None else f"was already entered, {before}"
    return f"{request.id} ({request.label}) {known}"


def _amend(campaign: Campaign, history: Path, request: Request, columns: Mapping[str, str]) -> str:
    context = context_of(campaign, request.adapter, history)
    verdict = Worksheet(context).amend(entered(request, columns, context.unit), request)
    if verdict != TAKEN:
        raise DataError(f"{request.id} ({request.label}): {verdict}")
    return f"{request.id} ({request.label}) has ended; this is kept as a further value at its point"
