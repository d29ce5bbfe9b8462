"""``douka observations``."""

from __future__ import annotations

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_history
from flows.cli.quantity import plain, plus_minus
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.history import History
from loop.records import Observation
from loop.revising import campaign_at
from loop.state import fold


def observations_command(name: str, target: str | None, *, as_json: bool) -> None:
    """List what was learned from, with the id of each."""
    with History.open(find_history(name)) as kept:
        state = fold(kept.records())
        campaign = campaign_at(kept, state.next_cycle)
    chosen = [item for item in state.observations if target in (None, item.target)]
    if as_json:
        print_json([_as_json(campaign, item) for item in chosen])
        return
    units = {key: shown_unit(table.unit) for key, table in campaign.table.targets.items()}
    print_table(
        "Learned from",
        ("id", "target", "what", "value", "where"),
        [(item.id[:8], item.target, item.label, _value(item, units[item.target]), _where(item)) for item in chosen],
    )
    if not chosen:
        console.print("nothing" + (f" of target {target}" if target else ""))


def _value(item: Observation, unit: str) -> str:
    number = plain(item.value) if item.uncertainty is None else plus_minus(item.value, item.uncertainty)
    return f"{number} {unit}"


def _where(item: Observation) -> str:
    provenance = item.provenance
    return "; ".join(
        part for part in (provenance.laboratory, f"{provenance.file} {provenance.locator}") if part.strip()
    )


def _as_json(campaign: Campaign, item: Observation) -> dict[str, object]:
    return {
        "id": item.id,
        "target": item.target,
        "label": item.label,
        "x": list(item.x),
        "point": campaign.space.written(item.x),
        "value": item.value,
        "uncertainty": item.uncertainty,
        "laboratory": item.provenance.laboratory,
        "file": item.provenance.file,
        "locator": item.provenance.locator,
        "citation": item.provenance.citation,
    }
