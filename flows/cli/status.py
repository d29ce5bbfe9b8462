"""``douka status``."""

from __future__ import annotations

from pathlib import Path

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_place
from flows.cli.quantity import plain, plus_minus
from flows.cli.summary import print_summary
from loop.campaign import Campaign
from loop.history import History
from loop.overview import overview
from loop.state import State, fold


def status_command(name: str, history: Path | None, *, as_json: bool) -> None:
    """Show what a history holds."""
    place = find_place(name, history)
    if not History.exists(place.history):
        Campaign.load(place.campaign)
        console.print(f"{place.name} has not run yet; start it with: douka run {name}")
        return
    with History.open(place.history) as kept:
        campaign = Campaign.parse(kept.header.campaign_text, place.campaign / "campaign.toml")
        state = fold(kept.records())
    if as_json:
        print_json(_as_json(campaign, state))
        return
    print_summary(campaign, state, overview(campaign, state))
    print_table(
        "Waiting for",
        ("request", "what", "of whom", "predicted", "why"),
        [
            (r.id, r.label, r.adapter, plus_minus(r.reason.mean, r.reason.deviation), r.reason.text)
            for r in state.open_requests
        ],
    )


def _as_json(campaign: Campaign, state: State) -> dict[str, object]:
    seen = overview(campaign, state)
    best, guess = seen.best_measured, seen.best_predicted
    return {
        "campaign": campaign.name,
        "cycles": state.next_cycle,
        "stopped": state.stopped,
        "unit": seen.unit,
        "best_measured": best and {"label": best.label, "x": list(best.x), "value": best.value, "id": best.id},
        "best_predicted": guess and {"label": guess.label, "mean": guess.mean, "deviation": guess.deviation},
        "scatter": seen.scatter,
        "requests": {str(status): _count(state, str(status)) for status in {r.status for r in seen.requests}},
        "spent": seen.spent,
        "quarantine": [
            {"id": q.id, "label": q.label, "value": plain(q.value), "reason": q.reason} for q in state.quarantine
        ],
        "messages": list(seen.messages),
    }


def _count(state: State, status: str) -> int:
    return sum(str(request.status) == status for request in state.requests.values())
