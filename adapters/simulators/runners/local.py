"""``kind = "local"``: child processes of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import PositiveFloat

from adapters.command import Command
from adapters.options import Options
from adapters.simulators import supervisor
from adapters.simulators.ending import ENDED, ending_of
from adapters.simulators.job import Job, Look, Stand
from loop.errors import AdapterError, NotSentError
from loop.protocols import SlotContext

_ORDER, _LOCK, _PROCESS = "runner.json", "runner.lock", "runner.process.json"
_PATIENCE = 10.0


class Local(Options):
    """Every job has a supervisor that outlives douka: what runs when douka dies is found again, running or ended.

    Parameters
    ----------
    time_limit_seconds
        Of a job; then its processes are ended and it has failed.
    memory_limit_gib
        Address space of each process of a job; none if absent.
    """

    kind: Literal["local"] = "local"
    time_limit_seconds: PositiveFloat = 86400.0
    memory_limit_gib: PositiveFloat | None = None

    def place(self, context: SlotContext) -> Path:
        """Beside the history."""
        return context.state / "jobs"

    def check(self, command: Command) -> None:
        """Refuse a program that is not installed."""
        if os.name != "posix":
            raise AdapterError("the local runner needs Linux or macOS; run in WSL, or use kind = 'drop'")
        program = command.arguments[0]
        if shutil.which(program) is None:
            raise AdapterError(f"{program} is not installed: {command.install}")

    def start(self, job: Job) -> None:
        """Start the job's supervisor in a session of its own."""
        try:
            self._start(job)
        except (OSError, subprocess.CalledProcessError) as error:  # no room for a file, no memory for a process
            raise NotSentError(f"{job.name} cannot be started now ({error})") from error

    def _start(self, job: Job) -> None:
        import fcntl

        memory = self.memory_limit_gib
        order = {
            "arguments": job.command.arguments,
            "stdin": job.command.stdin,
            "environment": dict(job.command.environment),
            "seconds": self.time_limit_seconds,
            "memory": None if memory is None else int(memory * 2**30),
            "process": _PROCESS,
            "ended": ENDED,
        }
        (job.folder / _ORDER).write_text(json.dumps(order, indent=2), encoding="utf-8")
        with (job.folder / _LOCK).open("wb") as lock:
            # Locked before anybody is started, and inherited: there is no moment at which a job at work looks lost.
            fcntl.flock(lock, fcntl.LOCK_EX)
            subprocess.run(
                [sys.executable, "-I", supervisor.__file__, str(job.folder / _ORDER), str(lock.fileno())],
                check=True,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """Locked: at work. Otherwise it has ended, and said so, or is lost."""
        return {job.name: self._look(job) for job in jobs}

    def news(self, job: Job) -> str:
        """Whether nobody is at work on it any more."""
        return "" if _is_locked(job.folder / _LOCK) else "ended"

    def cancel(self, job: Job) -> None:
        """Kill every process of a job and wait until they are gone."""
        deadline = time.monotonic() + _PATIENCE
        while _is_locked(job.folder / _LOCK) and time.monotonic() < deadline:
            # The group cannot be another's: a number is not given again while one of its processes lives.
            with contextlib.suppress(OSError, ValueError):
                group = json.loads((job.folder / _PROCESS).read_text(encoding="utf-8"))["group"]
                os.killpg(group, signal.SIGKILL)
            time.sleep(0.01)

    def _look(self, job: Job) -> Look:
        if _is_locked(job.folder / _LOCK):
            return Look(Stand.RUNNING, "running here")
        return ending_of(job.folder) or Look(Stand.LOST, "nobody is at work on it and it has not ended")


def _is_locked(file: Path) -> bool:
    import fcntl

    try:
        with file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look do not see each other
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
