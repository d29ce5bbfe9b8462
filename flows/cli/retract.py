"""``douka retract``."""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path

from flows.cli.output import console, print_json
from flows.cli.places import find_history
from loop.facts import environment, now
from loop.history import History
from loop.refolding import retraction
from loop.revising import campaign_at
from loop.snapshot import folded


def retract_command(name: str, history: Path | None, observation: str, reason: str, *, as_json: bool = False) -> None:
    """Seal a record that takes an observation back."""
    with History.open(find_history(name, history), "a") as kept:
        state = folded(kept)
        record = retraction(campaign_at(kept, state.next_cycle), state, observation, reason)
        kept.append(replace(record, facts={**environment(), "sealed": now(), "person": getpass.getuser()}))
    taken = record.quarantined[0]
    if as_json:
        print_json(
            {"cycle": record.number, "id": taken.id, "label": taken.label, "value": taken.value, "unit": taken.unit}
        )
        return
    console.print(
        f"cycle {record.number}: took back {taken.label} {taken.value:g} {taken.unit} ({taken.id}); it is kept"
    )
