"""``douka quarantine``."""

from __future__ import annotations

import getpass
from pathlib import Path

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_history
from loop.history import History
from loop.innovation import Alternative
from loop.judging import judge, outcome
from loop.quantity import plain
from loop.readings import likely_mistakes
from loop.records import CycleRecord, Quarantined
from loop.revising import campaign_at
from loop.snapshot import folded
from loop.verdicts import Verdict


def quarantine_command(name: str, history: Path | None, *, as_json: bool) -> None:
    """List what was not believed, with the reason."""
    with History.open(find_history(name, history)) as kept:
        state = folded(kept)
        guesses = likely_mistakes(campaign_at(kept, state.next_cycle), state)
    items = state.quarantine
    if as_json:
        print_json([_as_json(item, guesses.get(item.id)) for item in items])
        return
    print_table(
        "Put aside (kept with the reason, not learned from)",
        ("id", "what", "value", "why", "likely", "what to do"),
        [
            (
                item.id[:8],
                item.label,
                f"{plain(item.value)} {item.unit}",
                item.reason,
                guesses[item.id].words if item.id in guesses else "–",
                item.verdict or item.remedy,
            )
            for item in items
        ],
    )
    if not items:
        console.print("nothing is put aside")


def verdict_command(
    name: str, history: Path | None, verdict: str, item: str, reason: str, *, as_json: bool = False
) -> None:
    """Accept or reject what was put aside."""
    decided = Verdict(verdict)
    path = find_history(name, history)
    record = judge(path, decided, item, reason, getpass.getuser())
    words = outcome(decided, record)
    if as_json:
        print_json(
            {
                "cycle": record and record.number,
                "item": _judged(path, record, item),
                "verdict": verdict,
                "outcome": words,
            }
        )
    else:
        console.print(words)


def _judged(path: Path, record: CycleRecord | None, item: str) -> str:
    """The id of what was judged, of which ``item`` is the beginning."""
    if record is not None:
        return record.observations[0].id if record.observations else record.quarantined[0].id
    with History.open(path) as kept:
        # Whoever writes the history may have taken the verdict in meanwhile.
        return next((each.id for each in folded(kept).quarantine if each.id.startswith(item)), item)


def _as_json(item: Quarantined, guess: Alternative | None) -> dict[str, object]:
    return {
        "id": item.id,
        "target": item.target,
        "label": item.label,
        "x": None if item.x is None else list(item.x),
        "value": item.value,
        "unit": item.unit,
        "reason": item.reason,
        "remedy": item.remedy,
        "verdict": item.verdict,
        "likely": guess and {"mistake": guess.kind, "words": guess.words},
        "z_score": item.z_score,
        "file": item.provenance.file,
        "locator": item.provenance.locator,
        "laboratory": item.provenance.laboratory,
    }
