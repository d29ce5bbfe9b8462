"""The campaign as its file says now, which people edit while it is served."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from flows.callbacks import Say
from flows.triggers.lookout import LONGEST_SECONDS, LOOK_SECONDS
from loop.campaign import Campaign


class CampaignFile:
    """Reads a campaign file again where it has changed; one that cannot be read is tried again, ever less often.

    Parameters
    ----------
    campaign
        As it was read last.
    say
        Told when it cannot be read, once.
    clock
        Seconds from some moment on.

    Attributes
    ----------
    campaign
        As it could be read last.
    """

    def __init__(self, campaign: Campaign, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self.campaign = campaign
        self._say, self._clock = say, clock
        self._stamp = -1
        self._failures = 0
        self._again = 0.0

    def look(self) -> bool:
        """Look once; whether the campaign is another one now."""
        stamp = self._read_stamp()
        is_due = self._failures > 0 and self._clock() >= self._again
        if stamp == self._stamp and not is_due:
            return False
        self._stamp = stamp
        try:
            campaign = Campaign.load(self.campaign.folder)
        except Exception as error:
            self._fail(error)
            return False
        self._failures = 0
        before, self.campaign = self.campaign, campaign
        return campaign.text != before.text

    def _fail(self, error: Exception) -> None:
        if self._failures == 0:
            self._say(f"news are looked for as before, since the campaign cannot be read now ({error})")
        self._failures += 1
        self._again = self._clock() + min(LOOK_SECONDS * 2.0 ** min(self._failures, 10), LONGEST_SECONDS)

    def _read_stamp(self) -> int:
        with suppress(OSError):
            return (self.campaign.folder / "campaign.toml").stat().st_mtime_ns
        return 0
