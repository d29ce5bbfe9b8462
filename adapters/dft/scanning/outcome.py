"""What became of a folder: calculations and refusals, as text for the index."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from adapters.dft.calculation import Calculation
from adapters.dft.rejected import NoCalculation, RejectedCalculation, StillGrowing

Outcome = Calculation | RejectedCalculation

_KINDS = {kind.__name__: kind for kind in (RejectedCalculation, NoCalculation, StillGrowing)}
_TUPLES = ("k_mesh", "frozen_4f", "initial_moments", "site_moments", "remarks")


def to_text(outcomes: list[Outcome]) -> str:
    """Return JSON; :func:`from_text` gives back equal outcomes."""
    return json.dumps([_plain(outcome) for outcome in outcomes], ensure_ascii=False)


def from_text(text: str) -> list[Outcome]:
    """Give back what :func:`to_text` wrote.

    Raises
    ------
    ValueError, KeyError, TypeError
        It was written by something else.
    """
    return [_outcome(item) for item in json.loads(text)]


def _plain(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Calculation):
        return {"kind": "Calculation", **asdict(outcome)}
    known = type(outcome) if type(outcome).__name__ in _KINDS else RejectedCalculation
    return {"kind": known.__name__, "file": outcome.file, "reason": outcome.reason, "remedy": outcome.remedy}


def _outcome(item: dict[str, Any]) -> Outcome:
    kind = item.pop("kind")
    if kind != "Calculation":
        return _KINDS[kind](item["file"], item["reason"], item["remedy"])
    known = {field.name for field in fields(Calculation)}
    values = {name: value for name, value in item.items() if name in known}
    return Calculation(**values | {name: tuple(values[name]) for name in _TUPLES if values[name] is not None})
