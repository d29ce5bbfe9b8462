"""``douka observations``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_history
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.history import History
from loop.quantity import plain, plus_minus
from loop.records import Observation
from loop.revising import campaign_at
from loop.snapshot import folded
from loop.standards import Drift, drifts, role_of
from loop.state import State


def observations_command(name: str, history: Path | None, target: str | None, *, as_json: bool) -> None:
    """List what was learned from, with the id of each."""
    with History.open(find_history(name, history)) as kept:
        state = folded(kept)
        campaign = campaign_at(kept, state.next_cycle)
    chosen = [item for item in state.observations if target in (None, item.target)]
    if as_json:
        print_json([{**_as_json(campaign, item), "asked_as": role_of(state, item)} for item in chosen])
        return
    units = {key: shown_unit(table.unit) for key, table in campaign.table.targets.items()}
    print_table(
        "Learned from",
        ("id", "target", "what", "value", "where"),
        [
            (item.id[:8], item.target, _what(state, item), _value(item, units[item.target]), _where(item))
            for item in chosen
        ],
    )
    print_table(
        "Reference standards, first to last",
        ("standard", "instrument", "target", "values", "mean", "drift"),
        [_drift(each, units[each.target]) for each in drifts(state) if target in (None, each.target)],
    )
    if not chosen:
        console.print("nothing" + (f" of target {target}" if target else ""))


def _what(state: State, item: Observation) -> str:
    role = role_of(state, item)
    return f"{item.label} ({role})" if role else item.label


def _drift(found: Drift, unit: str) -> tuple[str, ...]:
    change = plain(found.change) if found.deviation != found.deviation else plus_minus(found.change, found.deviation)
    shown = f"{change} {unit}" if len(found.values) > 1 else "one value shows none"
    mean = f"{plain(float(found.values.mean()))} {unit}"
    return (found.name, found.slot, found.target, str(len(found.values)), mean, shown)


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
        "unit": campaign.table.targets[item.target].unit,
        "temperature_K": item.temperature,
        "requested": None if item.requested_x is None else campaign.space.written(item.requested_x),
        "sample": asdict(item.sample),
        "laboratory": item.provenance.laboratory,
        "file": item.provenance.file,
        "locator": item.provenance.locator,
        "citation": item.provenance.citation,
    }
