"""Telling, while a campaign is served, what no cycle can: that one died or did not begin, and reminders in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import get_client

from flows.automations.keeping import keep_automations
from flows.automations.mishaps import mishaps
from flows.callbacks import Say
from flows.looking import looking
from flows.notifying.occasions import of_gap
from flows.notifying.subject import Subject
from flows.notifying.telling import Telling
from loop.campaign import Campaign
from loop.errors import DoukaError
from loop.state import State

LOOK_SECONDS = 15.0


def heralding(herald: Herald, say: Say) -> AbstractAsyncContextManager[None]:
    """Look again and again, while the context lasts.

    Parameters
    ----------
    herald
        Of the campaign.
    say
        Called with lines for a person.
    """
    return looking(herald.look, LOOK_SECONDS, "only cycles tell people of anything", say)


class Herald:
    """Tells what happens to a served campaign, as its file says now whom.

    Parameters
    ----------
    campaign, history
        What is served, into which folder.
    deployment
        Of its cycles.
    state
        Gives the fold of the history as it is now.
    missed
        When cycles were due that nobody did, before the campaign was served from here.
    say
        Called with lines for a person.
    """

    def __init__(
        self,
        campaign: Campaign,
        history: Path,
        deployment: UUID,
        state: Callable[[], State],
        missed: Sequence[datetime],
        say: Say,
    ) -> None:
        self._campaign, self._history, self._deployment = campaign, history, deployment
        self._state, self._missed, self._say = state, missed, say
        self._about = Subject.of(campaign.folder, history)
        self._telling = Telling(campaign, history)
        self._told_by_server: tuple[str, ...] = ()
        self._stamp = -1

    def look(self) -> None:
        """Bring the automations in step with the campaign's file, then tell what happened since the last look."""
        if (stamp := _stamp(self._campaign.folder)) != self._stamp:
            self._read_again()
            self._stamp = stamp
        self._telling.tell(of_gap(self._about, self._missed, datetime.now(UTC)))
        self._missed = ()
        self._telling.look(self._state())
        if self._campaign.table.notify.to:
            with get_client(sync_client=True) as client:
                found = list(mishaps(client, self._deployment, self._about, datetime.now(UTC)))
            self._telling.tell(found, told=self._told_by_server)

    def _read_again(self) -> None:
        with suppress(DoukaError):  # the next cycle says what is wrong with it; until then it is told as before
            self._campaign = Campaign.load(self._campaign.folder)
            self._telling = Telling(self._campaign, self._history)
        self._told_by_server = keep_automations(self._campaign, self._history, self._deployment, self._say)


def tell_the_end(campaign: Campaign, history: Path, state: State) -> None:
    """Tell what came after the last look of a herald: that a person stopped the campaign, what that gave up, its end.

    Parameters
    ----------
    campaign, history
        What was served, into which folder.
    state
        Fold of the history.
    """
    with suppress(DoukaError):  # told as before
        campaign = Campaign.load(campaign.folder)
    Telling(campaign, history).look(state)


def _stamp(folder: Path) -> int:
    with suppress(OSError):
        return (folder / "campaign.toml").stat().st_mtime_ns
    return 0
