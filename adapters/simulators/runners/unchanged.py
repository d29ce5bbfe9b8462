"""How long nothing has changed about a job, over the lives of processes: under ``douka serve`` each cycle is one."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from adapters.simulators.job import Job
from loop.history.durable import replace_file

FILE = "runner.seen.json"


@dataclass(frozen=True)
class _Seen:
    what: str
    seconds: float
    looked: float


class Unchanged:
    """What was seen of jobs last, and for how long; told in their folders."""

    def __init__(self) -> None:
        self._known: dict[str, _Seen] = {}
        self._written: dict[str, _Seen] = {}

    def seconds(self, job: Job, what: str, limit: float) -> float:
        """For how long a job has looked like this; by the clock of this machine alone.

        From one look to the next at most half of the limit counts: a machine that slept, or whose clock jumped, has
        not seen the job stand still.

        Parameters
        ----------
        job
            Which.
        what
            Is seen of it: anything that changes as long as it goes on.
        limit
            In s, after which it will be given up.

        Returns
        -------
        float
            In s; 0 where it looks otherwise than before, or was never looked at.
        """
        now = time.time()
        before = self._known.get(job.name) or _read(job.folder / FILE)
        gap = min(max(now - before.looked, 0.0), limit / 2) if before.what == what else 0.0
        seen = _Seen(what, before.seconds + gap if before.what == what else 0.0, now)
        self._known[job.name] = seen
        self._write(job, seen, limit)
        return seen.seconds

    def forget(self, name: str) -> None:
        """Nobody asks for a job any more."""
        self._known.pop(name, None)
        self._written.pop(name, None)

    def _write(self, job: Job, seen: _Seen, limit: float) -> None:
        """Now and then: who reads it counts from the look that it tells of."""
        written = self._written.get(job.name)
        if written is None or written.what != seen.what or seen.looked - written.looked > limit / 10:
            with suppress(OSError):  # this process knows it
                replace_file(job.folder / FILE, json.dumps(astuple(seen)).encode())
            self._written[job.name] = seen


def _read(file: Path) -> _Seen:
    with suppress(OSError, ValueError, TypeError):
        what, seconds, looked = json.loads(file.read_text(encoding="utf-8"))
        return _Seen(str(what), float(seconds), float(looked))
    return _Seen("", 0.0, 0.0)
