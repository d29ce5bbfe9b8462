"""``douka quarantine``."""

from __future__ import annotations

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_history
from flows.cli.quantity import plain
from loop.history import History
from loop.records import Quarantined
from loop.state import fold


def quarantine_command(name: str, *, as_json: bool) -> None:
    """List what was not believed, with the reason."""
    with History.open(find_history(name)) as kept:
        items = fold(kept.records()).quarantine
    if as_json:
        print_json([_as_json(item) for item in items])
        return
    print_table(
        "Put aside (kept with the reason, not learned from)",
        ("id", "what", "value", "why", "what to do"),
        [(item.id[:8], item.label, f"{plain(item.value)} {item.unit}", item.reason, item.remedy) for item in items],
    )
    if not items:
        console.print("nothing is put aside")


def _as_json(item: Quarantined) -> dict[str, object]:
    return {
        "id": item.id,
        "target": item.target,
        "label": item.label,
        "x": None if item.x is None else list(item.x),
        "value": item.value,
        "unit": item.unit,
        "reason": item.reason,
        "remedy": item.remedy,
        "z_score": item.z_score,
        "file": item.provenance.file,
        "locator": item.provenance.locator,
        "laboratory": item.provenance.laboratory,
    }
