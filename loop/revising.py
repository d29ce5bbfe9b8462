"""When a campaign file changed since its history began: record it and go on, migrate, or refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.facts import environment, now
from loop.history import Header, History
from loop.records import CycleRecord
from loop.refolding import migration
from loop.repeating import ANSWERS
from loop.revision import Change, changes
from loop.state import State

_MIGRATION = "migration: "
_SHOWN = 6


def header_of(campaign: Campaign) -> Header:
    """What a history of the campaign says of itself."""
    return Header(
        campaign=campaign.name,
        campaign_text=campaign.text,
        campaign_folder=str(campaign.folder),
        seed=campaign.table.seed,
        variables=campaign.space.names,
        categories={each.name: each.values for each in campaign.space.variables if each.values},
        targets={name: target.unit for name, target in campaign.table.targets.items()},
        created={"time": now(), **environment()},
    )


def campaign_at(history: History, number: int, folder: Path | None = None) -> Campaign:
    """Give the campaign as it was when a cycle was done.

    Parameters
    ----------
    history
        Its history.
    number
        Of the cycle.
    folder
        Where the campaign's files are now; where they were then if None.
    """
    header = history.header_at(number)
    return Campaign.parse(header.campaign_text, (folder or Path(header.campaign_folder)) / "campaign.toml")


def sealed_candidates(campaign: Campaign, history: History, state: State) -> Mapping[str, np.ndarray]:
    """Points each slot can be asked for, as a cycle of this very campaign file sealed them.

    Parameters
    ----------
    campaign
        As the file says now.
    history, state
        Open, and its fold.

    Returns
    -------
    Mapping
        As :attr:`~loop.state.State.candidates`; empty where the file has changed since.
    """
    return state.candidates if history.header.campaign_text == campaign.text else {}


def revised(
    campaign: Campaign, history: History, state: State, candidates: Mapping[str, np.ndarray], *, migrate: bool
) -> Iterator[CycleRecord]:
    """Bring a history up to its campaign file.

    A harmless change is sealed as a new header and holds from the next cycle on. A serious one is refused, or, if
    a migration was asked for, sealed as a new header and yielded as a record that carries the observations over.

    Parameters
    ----------
    campaign
        As the file says now.
    history
        Open for writing.
    state
        Its fold.
    candidates
        Points each slot can be asked for now.
    migrate
        Whether a serious change may be carried out.

    Yields
    ------
    CycleRecord
        To be sealed at once; none or one.

    Raises
    ------
    CampaignError
        Naming the keys that changed and what to do.
    """
    if _is_cut_short(history):
        # Killed between the new header and its record: the header says what was to happen.
        before = campaign_at(history, max(history.header.since - 1, 0))
        yield migration(before, campaign, state, candidates, history.header.reason)
        return
    recorded = Campaign.parse(history.header.campaign_text, campaign.folder / "campaign.toml")
    found = changes(recorded.table, campaign.table)
    serious = _serious(found, state, candidates) if history.next_number else []
    if serious and not migrate:
        raise _refusal(campaign, serious)
    if serious:
        reason = _MIGRATION + "; ".join(serious)
        history.amend(header_of(campaign), reason)
        yield migration(recorded, campaign, state, candidates, reason)
    elif history.header.campaign_text != campaign.text:
        history.amend(header_of(campaign), "; ".join(map(str, found)) or "comments or layout only")


def refuse_changed(campaign: Campaign, history: History, state: State, candidates: Mapping[str, np.ndarray]) -> None:
    """Refuse what :func:`revised` refuses without a migration, and write nothing.

    Parameters
    ----------
    campaign, history, state, candidates
        As there; the history may be open for reading only.

    Raises
    ------
    CampaignError
        Naming the keys that changed and what to do.
    """
    if history.next_number == 0 or _is_cut_short(history):
        return
    recorded = Campaign.parse(history.header.campaign_text, campaign.folder / "campaign.toml")
    serious = _serious(changes(recorded.table, campaign.table), state, candidates)
    if serious:
        raise _refusal(campaign, serious)


def _serious(found: Sequence[Change], state: State, candidates: Mapping[str, np.ndarray]) -> list[str]:
    words = [str(change) for change in found if not change.is_harmless]
    return [*words, *(f"the table of slot {name!r} was edited" for name in _edited(state, candidates))]


def _refusal(campaign: Campaign, serious: Sequence[str]) -> CampaignError:
    more = f" and {len(serious) - _SHOWN} more" if len(serious) > _SHOWN else ""
    return CampaignError(
        f"{campaign.folder / 'campaign.toml'}: changed since the history began: "
        f"{'; '.join(serious[:_SHOWN])}{more}. Restore it, carry the history over with --migrate, or give the "
        "changed campaign another history with --history"
    )


def _is_cut_short(history: History) -> bool:
    header = history.header
    return header.reason.startswith(_MIGRATION) and header.since == history.next_number


def _edited(state: State, candidates: Mapping[str, np.ndarray]) -> list[str]:
    """Slots whose pool has other points than were sealed, or other numbers of values."""
    return [
        name.removesuffix(ANSWERS)
        for name, sealed in state.candidates.items()
        if name in candidates and not np.array_equal(sealed, candidates[name])
    ]
