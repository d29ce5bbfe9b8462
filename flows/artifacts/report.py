"""One cycle in Markdown: how the campaign stands, what came in, what was put aside."""

from __future__ import annotations

from collections.abc import Iterable

from flows.artifacts.picture import Picture
from flows.standing import found_pairs
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.quantity import plain
from loop.records import CycleRecord, Quarantined
from loop.state import State

_LISTED = 10


def cycle_report(campaign: Campaign, state: State, record: CycleRecord, picture: Picture | None) -> str:
    """Write it.

    Parameters
    ----------
    campaign, state
        After the cycle.
    record
        Of the cycle.
    picture
        To be shown, if any.
    """
    parts = [
        f"# {_plain(campaign.name)}, cycle {record.number:04d}",
        _plain(campaign.table.title),
        _table([*found_pairs(campaign, record.summary), *_standing(campaign, state)]),
        _image(picture),
        f"**In this cycle** {_news(record)}",
        _aside(record.quarantined),
        f"**The campaign is over**: {_plain(state.stopped)}." if state.is_over else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _standing(campaign: Campaign, state: State) -> list[tuple[str, str]]:
    waiting = len(state.open_requests)
    return [
        ("learned from", f"{len(state.observations)} values"),
        ("put aside", str(len(state.quarantine))),
        ("cost", f"{plain(state.spent)} {campaign.table.cost_unit}"),
        ("waiting for", f"{waiting} answers" if waiting else "nothing"),
    ]


def _news(record: CycleRecord) -> str:
    values, aside, requests = len(record.observations), len(record.quarantined), len(record.requests)
    return f"values in: {values}, put aside: {aside}, requests out: {requests}"


def _aside(items: tuple[Quarantined, ...]) -> str:
    if not items:
        return ""
    lines = [f"- {_plain(each.label)}{_value(each)}: {_plain(each.reason)}. {_plain(each.remedy)}" for each in items]
    more = [f"- and {len(items) - _LISTED} more"] if len(items) > _LISTED else []
    return "\n".join(["**Put aside**, kept and not learned from:\n", *lines[:_LISTED], *more])


def _value(item: Quarantined) -> str:
    return "" if item.x is None else f" ({plain(item.value)} {shown_unit(item.unit)})"


def _image(picture: Picture | None) -> str:
    if picture is None:
        return ""
    note = "" if picture.is_new else "\n\n*The picture was drawn a few cycles ago.*"
    return f"![measured against predicted beforehand; the best so far]({picture.source}){note}"


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(
        ["| standing | |", "|---|---|", *(f"| {_plain(name)} | {_plain(value)} |" for name, value in pairs)]
    )


def _plain(text: str) -> str:
    """Escape what Markdown would take for markup."""
    for sign in "\\`*_|<>[]#":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
