"""``kind = "threads"``: Python functions, called in threads of this process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

from pydantic import PositiveFloat, PositiveInt, PrivateAttr

from adapters.command import Command
from adapters.options import Options
from adapters.simulators.attending import BEGUN
from adapters.simulators.calling import call_in
from adapters.simulators.ending import ENDED, ending_of
from adapters.simulators.job import Job, Look, Stand
from loop.errors import AdapterError
from loop.protocols import SlotContext


class Threads(Options):
    """The cheapest way to call a function; it ends with douka.

    What had not begun is called after a restart; what had is lost, and done again. Under ``douka serve`` each cycle is
    a process of its own: only what returns before the cycle ends is ever done, so slow functions need another runner.

    Parameters
    ----------
    workers
        Functions that are called at the same time. They gain from it where they wait, or compute outside of Python.
    time_limit_seconds
        Of a call; then it has failed. A thread cannot be ended: it is left behind, and another takes its place.
    """

    kind: Literal["threads"]
    workers: PositiveInt = 4
    time_limit_seconds: PositiveFloat = 86400.0
    _queue: SimpleQueue[Job] = PrivateAttr(default_factory=SimpleQueue)
    _waiting: set[str] = PrivateAttr(default_factory=set)
    _begun: dict[str, float] = PrivateAttr(default_factory=dict)
    _untold: dict[str, Look] = PrivateAttr(default_factory=dict)
    _abandoned: set[str] = PrivateAttr(default_factory=set)
    _threads: int = PrivateAttr(default=0)

    def place(self, context: SlotContext) -> Path:
        """Beside the history."""
        return context.state / "jobs"

    def check(self, command: Command) -> None:
        """Refuse a program."""
        if not command.call:
            raise AdapterError(
                f"the runner 'threads' calls Python functions, and {command.arguments[0]} is a program: use 'local'"
            )

    def start(self, job: Job) -> None:
        """Put a call at the end of the queue."""
        self._waiting.add(job.name)
        self._queue.put(job)
        if self._threads < self.workers:
            self._add_thread()

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """What has ended says so in its folder."""
        return {job.name: self._look(job) for job in jobs}

    def news(self, job: Job) -> str:
        """Whether it wrote down how it ended."""
        return "ended" if (job.folder / ENDED).is_file() else ""

    def cancel(self, job: Job) -> None:
        """Let it not begin; what has begun goes on unheeded."""
        self._waiting.discard(job.name)
        self._begun.pop(job.name, None)

    def _look(self, job: Job) -> Look:
        if job.name in self._waiting:
            return Look(Stand.WAITING, "waiting for a thread")
        begun = self._begun.get(job.name)
        ended = ending_of(job.folder) or self._untold.pop(job.name, None)
        if ended is not None:
            self._begun.pop(job.name, None)
            return ended
        if begun is None:
            return self._left_over(job)
        if time.monotonic() - begun < self.time_limit_seconds:
            return Look(Stand.RUNNING, "running in a thread")
        self._begun.pop(job.name)
        self._abandoned.add(job.name)
        self._add_thread()
        return Look(Stand.ENDED, f"no answer within its limit of {self.time_limit_seconds:g} s", failed=True)

    def _left_over(self, job: Job) -> Look:
        """Of an earlier process."""
        if (job.folder / BEGUN).exists():
            return Look(Stand.LOST, "douka ended while it ran in a thread")
        self.start(job)
        return Look(Stand.WAITING, "waiting for a thread")

    def _add_thread(self) -> None:
        self._threads += 1
        # Not a pool of the standard library: that waits at the end of the process, for a hanging call for ever.
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            if job.name not in self._waiting:
                continue  # cancelled
            self._begun[job.name] = time.monotonic()
            self._waiting.discard(job.name)
            outcome = _called(job)
            if job.name in self._abandoned:
                return  # another thread has taken the place
            try:
                temporary = job.folder / f".{ENDED}"
                temporary.write_text(json.dumps(outcome), encoding="utf-8")
                temporary.replace(job.folder / ENDED)
            except OSError as error:  # the disk is full, the folder gone: no reason for the thread to end
                self._untold[job.name] = Look(Stand.ENDED, f"its end cannot be written down: {error}", failed=True)


def _called(job: Job) -> dict[str, int | str]:
    try:
        (job.folder / BEGUN).touch()
        call_in(job.folder, job.command.call)
    except BaseException as error:  # a function may call sys.exit
        return {"status": 1, "reason": f"{type(error).__name__}: {error}"}
    return {"status": 0, "reason": ""}
