"""Answers of people that no cycle has taken in yet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adapters.worksheets.answer import ANSWERS, answer_to
from loop.errors import AdapterError
from loop.records import Request


def answered(history: Path, requests: Iterable[Request]) -> dict[str, str]:
    """Say what was answered, by the ids of the requests.

    Parameters
    ----------
    history
        Folder of the history.
    requests
        That no cycle has an answer to.
    """
    asked = list(requests)
    slots = {each.adapter: history / "adapters" / each.adapter for each in asked}
    people = {name: folder for name, folder in slots.items() if (folder / ANSWERS).is_dir()}
    found = {each.id: _words(people[each.adapter], each.id) for each in asked if each.adapter in people}
    return {name: words for name, words in found.items() if words}


def _words(state: Path, request_id: str) -> str:
    try:
        answer = answer_to(state, request_id)
    except AdapterError as error:
        return f"answered, but {error}"
    return "" if answer is None else f"answered: {answer}"
