"""How long nothing has changed about a job, over the lives of processes: under ``douka serve`` each cycle is one."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

from adapters.simulators.job import Job
from loop.history.durable import replace_file

FILE = "runner.seen.json"


class Unchanged:
    """What was seen of jobs last, and since when; told in their folders."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}

    def seconds(self, job: Job, seen: str) -> float:
        """Seconds since a job was first seen like this; by the clock of this machine alone.

        Parameters
        ----------
        job
            Which.
        seen
            Anything that changes as long as it goes on.
        """
        now = time.time()
        before, since = self._known.get(job.name) or _read(job.folder / FILE)
        if before != seen or since > now:
            since = now
            with suppress(OSError):  # this process knows it
                replace_file(job.folder / FILE, json.dumps([seen, since]).encode())
        self._known[job.name] = (seen, since)
        return now - since

    def forget(self, name: str) -> None:
        """Nobody asks for a job any more."""
        self._known.pop(name, None)


def _read(file: Path) -> tuple[str, float]:
    with suppress(OSError, ValueError, TypeError):
        seen, since = json.loads(file.read_text(encoding="utf-8"))
        return str(seen), float(since)
    return "", 0.0
