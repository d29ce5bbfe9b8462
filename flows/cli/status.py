"""``douka status``: what the index of a history says; no cycle file is opened for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from flows.cli.output import console, print_json, print_pairs, print_table
from flows.cli.places import find_place
from flows.cli.waiting import why_waiting
from flows.going_on import going_on
from flows.page.address import pages_at
from flows.standing import found_pairs, trouble_pairs
from flows.triggers.presence import served_at
from loop.campaign import Campaign
from loop.control import Order, Orders
from loop.history import History, Overview
from loop.quantity import plain
from loop.retry import Trouble, Troubles


def status_command(name: str, history: Path | None, *, as_json: bool) -> None:
    """Show how a campaign stands."""
    place = find_place(name, history)
    if not History.exists(place.history):
        campaign = Campaign.load(place.campaign)
        if as_json:
            seen = Overview(cycles=0, observations=0, quarantined=0)
            print_json({**_as_json(campaign, seen), **_around(None, {}, "", (), ())})
            return
        console.print(f"{place.name} has not run yet; start it with: douka run {place.called}")
        return
    with History.open(place.history) as kept:
        campaign = Campaign.parse(kept.header.campaign_text, place.campaign / "campaign.toml")
        seen = kept.overview()
    order, troubles = Orders(place.history).standing(), Troubles(place.history).all()
    why = why_waiting(campaign, place, seen.open_requests, troubles)
    served, pages = served_at(place.history), pages_at(place.history)
    if as_json:
        print_json({**_as_json(campaign, seen), **_around(order, why, served, pages, troubles)})
        return
    pairs = [*trouble_pairs(troubles), *standing_pairs(campaign, seen, order, place.called)]
    shown = [("served", served), ("live page", ", ".join(pages))]
    print_pairs(campaign.table.title, [*pairs, *((name, where) for name, where in shown if where)])
    print_table(
        "Waiting for",
        ("request", "what", "of whom", "cost", "how it stands"),
        [
            (str(r["id"]), str(r["label"]), str(r["adapter"]), plain(float(r["cost"])), why.get(str(r["id"]), ""))
            for r in seen.open_requests
        ],
    )


def standing_pairs(campaign: Campaign, seen: Overview, order: Order | None, name: str) -> list[tuple[str, str]]:
    """Say how a campaign stands, in names and values, for the command line and the live page.

    Parameters
    ----------
    campaign, seen
        The campaign, and how its history stands.
    order
        What stands; None where nothing was ordered.
    name
        The words that name the campaign and its history again, see :func:`~flows.called.called`.
    """
    return [*_ordered(order, name), *found_pairs(campaign, seen.summary), *_standing(campaign, seen, name)]


def _ordered(order: Order | None, name: str) -> list[tuple[str, str]]:
    if order is None:
        return []
    pairs = [(order.kind.done, f"{order.who} at {order.time}")]
    pairs += [("  because", order.reason)] if order.reason else []
    return [*pairs, ("  what to do", going_on(order, name))]


def _standing(campaign: Campaign, seen: Overview, name: str) -> list[tuple[str, str]]:
    counts = ", ".join(f"{count} {status}" for status, count in sorted(seen.requests.items()))
    aside = f"{seen.quarantined}: douka quarantine {name}" if seen.quarantined else "none"
    pairs = [
        ("cycles", f"{seen.cycles}, the last at {seen.facts.get('sealed', 'an unknown time')}"),
        ("requests", counts or "none"),
        ("learned from", f"{seen.summary.get('observations', seen.observations)} values"),
        ("put aside", aside),
        ("cost", f"{plain(seen.spent)} {campaign.table.cost_unit}"),
        ("stopped because", str(seen.summary.get("stopped") or "not stopped")),
    ]
    harm = [f"cycle {number} is damaged" for number in seen.damaged]
    harm += [f"cycle {number} is missing" for number in seen.missing]
    return pairs + ([("harm", "; ".join(harm) + f": douka verify {name}")] if harm else [])


def _as_json(campaign: Campaign, seen: Overview) -> dict[str, object]:
    return {
        "campaign": campaign.name,
        "unit": campaign.unit,
        "cycles": seen.cycles,
        "observations": seen.observations,
        "quarantined": seen.quarantined,
        "requests": dict(seen.requests),
        "open_requests": [dict(request) for request in seen.open_requests],
        "spent": seen.spent,
        "cost_unit": campaign.table.cost_unit,
        "summary": {key: value for key, value in seen.summary.items() if key != "generator"},
        "sealed": seen.facts.get("sealed"),
        "damaged": list(seen.damaged),
        "missing": list(seen.missing),
    }


def _around(
    order: Order | None, why: Mapping[str, str], served: str, pages: Sequence[str], troubles: Iterable[Trouble]
) -> dict[str, object]:
    """What stands beside the history."""
    return {
        "order": order and asdict(order),
        "waiting": dict(why),
        "served": served or None,
        "pages": list(pages),
        "troubles": [asdict(trouble) for trouble in troubles],
    }
