"""``douka serve``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.text import Text

from flows.binding import parse_host
from flows.cli.failing import going_on_later
from flows.cli.output import console
from flows.cli.places import find_place
from flows.schedule import Cron, Schedule, local_timezone, told
from loop.campaign import Campaign
from loop.duration import parse_duration
from loop.errors import CampaignError
from loop.history import History
from loop.revising import sealed_candidates
from loop.runnable import require_runnable
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.snapshot import folded

_SHORTEST_KEPT = timedelta(hours=1)


def check(campaign: Campaign, history: Path) -> None:
    """Make every adapter once, so that mistakes are said before anything is started or written.

    A pool that does not answer now is no mistake where a cycle has sealed what it holds: cycles ask it again.

    Raises
    ------
    DoukaError
        Naming the file, the line or the key.
    """
    require_runnable(campaign)
    adapters = adapters_of(campaign, plugins_of(campaign), history)
    candidates_of(campaign, adapters, _sealed(campaign, history))


def _sealed(campaign: Campaign, path: Path) -> Mapping[str, np.ndarray]:
    if not History.exists(path):
        return {}
    with History.open(path) as history:
        return sealed_candidates(campaign, history, folded(history))


def schedule_of(every: str | None, cron: str | None, timezone: str | None) -> Schedule:
    """Read when scheduled cycles shall come; every half hour where nothing is given.

    Raises
    ------
    CampaignError
        Where that is no schedule.
    """
    if cron is None:
        return parse_duration(every or "30m")
    return Cron(cron, timezone or local_timezone())


def serve_command(name: str, schedule: Schedule, history: Path | None, host: str, keep: str) -> None:
    """Serve a scheduled deployment of one cycle a run until interrupted."""
    address, kept = parse_host(host), _parse_keep(keep)
    place = find_place(name, history)
    from flows.notifying.failing import failures_told

    with failures_told(place.campaign, place.history):
        campaign = Campaign.load(place.campaign)
        check(campaign, place.history)
    console.print(Text.assemble((campaign.table.title, "bold"), f": a cycle {told(schedule)}, until Ctrl-C"))
    if isinstance(schedule, Cron):
        console.print(f"the first now, the next at {schedule.next(datetime.now(UTC)):%a %d %b %Y %H:%M %Z}")
    for name in _of_one_cycle(campaign):
        console.print(
            f"slot {name!r}: runner 'threads' ends with each cycle that is served, and with it every call that has not "
            "returned; for more than milliseconds use 'local'",
            markup=False,
        )
    from flows.serving import serve_campaign

    with going_on_later():
        serve_campaign(campaign, place.history, every=schedule, host=address, keep=kept, prefect_home=place.prefect)


def _of_one_cycle(campaign: Campaign) -> list[str]:
    """Slots whose runner ends with the process of a cycle."""
    runners = {slot.table.name: slot.table.options.get("runner") for slot in campaign.slots}
    return [name for name, each in runners.items() if isinstance(each, Mapping) and each.get("kind") == "threads"]


def _parse_keep(text: str) -> timedelta:
    kept = parse_duration(text)
    if kept <= _SHORTEST_KEPT:
        raise CampaignError(f"--keep {text}: expected more than an hour, such as 12h or 30d")
    return kept
