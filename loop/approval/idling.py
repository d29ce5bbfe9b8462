"""Times in which nobody looked after a campaign, and so nobody could be asked: they are no patience."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from loop.approval.decisions import FOLDER
from loop.history.durable import make_folder, replace_file

FILE = "idle.json"
_MOST = 1000
"""So many idle times are kept, the newest: none that long ago has a request that waits still."""


@dataclass(frozen=True)
class Idling:
    """When a campaign with requests that wait was last looked after, and when it was not.

    Parameters
    ----------
    last
        The last look; None where there was none.
    spans
        When it was looked after again, and how much of the time before does not count.
    """

    last: datetime | None = None
    spans: tuple[tuple[datetime, timedelta], ...] = ()

    @classmethod
    def read(cls, history: Path) -> Idling:
        """What earlier processes noted beside a history; nothing where that cannot be read.

        Parameters
        ----------
        history
            Folder of the history.
        """
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(_file(history).read_text(encoding="utf-8"))
            spans = [(datetime.fromisoformat(end), timedelta(seconds=idle)) for end, idle in content["spans"]]
            return cls(datetime.fromisoformat(content["last"]), tuple(spans))
        return cls()

    def looked(self, time: datetime, patience: timedelta, asked: datetime | None = None) -> Idling:
        """Note a look.

        From one look to the next at most half of the patience runs off: whoever was asked just before the machine went
        off, or the clock was set forward, has the other half when it is on again.

        Parameters
        ----------
        time
            Now.
        patience
            How long requests wait.
        asked
            Since when the oldest of them waits, where that is known: before, there was nothing to look after.
        """
        before = self.last if self.last is None or asked is None else max(self.last, asked)
        idle = timedelta() if before is None else time - before - patience / 2
        more = ((time, idle),) if idle > timedelta() else ()
        return Idling(time, (*self.spans, *more)[-_MOST:])

    def since(self, time: datetime | None) -> timedelta:
        """How much of the time since a moment does not count."""
        if time is None:
            return timedelta()
        return sum((min(idle, end - time) for end, idle in self.spans if end > time), timedelta())

    def write(self, history: Path) -> None:
        """Leave it for the next process."""
        if self.last is None:
            return
        spans = [(end.isoformat(), idle.total_seconds()) for end, idle in self.spans]
        file = _file(history)
        with suppress(OSError):  # this process knows it
            make_folder(file.parent.absolute())
            replace_file(file, json.dumps({"last": self.last.isoformat(), "spans": spans}).encode())


def _file(history: Path) -> Path:
    return history / FOLDER / FILE
