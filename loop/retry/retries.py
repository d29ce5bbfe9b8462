"""Which adapters are left alone for now, and how long they are borne with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from loop.campaign import Campaign
from loop.retry.trouble import Act, Trouble
from loop.retry.troubles import Troubles
from loop.secret import concealed, secrets_of

_SHOWN = 300


class Retries:
    """Decides when an adapter that did not answer is asked again, and when that has lasted too long.

    Nothing waits in here: a slot that is left alone is passed over, and the cycle goes on with the others.

    Parameters
    ----------
    campaign
        Its ``[retry]``, and what its slots say instead.
    history
        Folder of the history, of which this process is the writer; what is known outlasts the process there.
    clock
        Tells the time, UTC, ISO 8601.
    """

    def __init__(self, campaign: Campaign, history: Path, clock: Callable[[], str]) -> None:
        self._tables = {slot.table.name: slot.table.retry or campaign.table.retry for slot in campaign.slots}
        self._kept, self._clock = Troubles(history), clock
        self._secrets = secrets_of(campaign.text)
        self._troubles: dict[tuple[str, Act], Trouble] = {}
        for trouble in self._kept.all():
            if trouble.slot in self._tables:
                self._troubles[trouble.slot, trouble.act] = trouble
            else:  # the slot is gone from the campaign
                self._kept.end(trouble.slot, trouble.act)
        self.look()

    @property
    def troubles(self) -> list[Trouble]:
        """All there are, by slot."""
        return [self._troubles[key] for key in sorted(self._troubles)]

    def of(self, slot: str, act: Act) -> Trouble | None:
        """The trouble of a slot; None where there is none."""
        return self._troubles.get((slot, act))

    def look(self) -> None:
        """Look at the clock: until the next look the same slots are left alone, but for what happens meanwhile."""
        now = self._now()
        self._held = {key for key, trouble in self._troubles.items() if self._is_early(trouble, now)}

    def is_held(self, slot: str, act: Act) -> bool:
        """Whether a slot is left alone now."""
        return (slot, act) in self._held

    def bears(self, slot: str, act: Act, error: Exception, request: str = "") -> bool:
        """Note that an adapter did not answer.

        Parameters
        ----------
        slot, act
            Who, and what it was asked to do.
        error
            One that passes.
        request
            What could not be sent.

        Returns
        -------
        bool
            Whether it is borne; not once patience is over, until it answers.
        """
        now, table, before = self._now(), self._tables[slot], self._troubles.get((slot, act))
        attempts = 1 if before is None else before.attempts + 1
        # A clock that was set back does not lengthen patience beyond what it is.
        since = now if before is None else min(now, datetime.fromisoformat(before.since))
        asleep = timedelta(0) if before is None else timedelta(seconds=before.asleep) + self._slept(before, now)
        is_worn = attempts >= table.attempts and now - since - asleep >= table.span
        trouble = Trouble(
            slot=slot,
            act=act,
            error=self._in_a_line(error),
            since=since.isoformat(),
            last=now.isoformat(),
            attempts=attempts,
            again=(now + table.pause(attempts)).isoformat(),
            until=(since + asleep + table.span).isoformat(),
            asleep=asleep.total_seconds(),
            is_over=is_worn or (before is not None and before.is_over),
            request=request,
        )
        self._troubles[slot, act] = trouble
        self._held.add((slot, act))
        self._kept.keep(trouble)
        return not trouble.is_over

    def ends(self, slot: str, act: Act) -> None:
        """Note that an adapter did what it was asked."""
        if self._troubles.pop((slot, act), None) is not None:
            self._held.discard((slot, act))
            self._kept.end(slot, act)

    def _is_early(self, trouble: Trouble, now: datetime) -> bool:
        # Where the clock was set back, or the campaign file shortened the pause, it is asked sooner.
        left = trouble.again_at - now
        return timedelta(0) < left <= self._tables[trouble.slot].pause(trouble.attempts)

    def _slept(self, before: Trouble, now: datetime) -> timedelta:
        """Time in which nobody asked, because the machine slept or the campaign was paused: nobody was patient then."""
        table, idle = self._tables[before.slot], now - before.again_at
        return idle if idle > table.span / table.attempts else timedelta(0)

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._clock())

    def _in_a_line(self, error: Exception) -> str:
        words = " ".join(concealed(str(error), self._secrets).split())[:_SHOWN]
        return f"{type(error).__name__}: {words}" if words else type(error).__name__
