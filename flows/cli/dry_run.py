"""``douka run --dry-run``: what ``douka propose`` shows, unless ``douka run`` would refuse."""

from __future__ import annotations

from pathlib import Path

from flows.cli.places import Place, find_place
from flows.cli.propose import propose_command
from flows.cli.throwaway import throwaway_adapters
from loop.campaign import Campaign
from loop.history import History
from loop.revising import refuse_changed, sealed_candidates
from loop.runnable import require_runnable
from loop.slots import candidates_of
from loop.snapshot import folded


def dry_run_command(name: str, history: Path | None, *, as_json: bool = False) -> None:
    """Show what the next cycle would ask; nothing is sealed or sent."""
    place = find_place(name, history)
    if History.exists(place.history):
        _refuse_changed(place)
    propose_command(name, history, None, as_json=as_json)


def _refuse_changed(place: Place) -> None:
    """Refuse a campaign file, or a table, that changed so that the history has to be carried over."""
    campaign = Campaign.load(place.campaign)
    require_runnable(campaign)
    with History.open(place.history) as kept, throwaway_adapters(campaign) as adapters:
        state = folded(kept)
        sealed = sealed_candidates(campaign, kept, state)
        refuse_changed(campaign, kept, state, candidates_of(campaign, adapters, sealed))
