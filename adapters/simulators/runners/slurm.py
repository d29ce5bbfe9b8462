"""``kind = "slurm"``: jobs of a SLURM cluster, through its command line."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveFloat

from adapters.command import Command
from adapters.options import Options, written_down
from adapters.simulators.ending import ENDED, ending_of
from adapters.simulators.job import Job, Look, Stand
from loop.errors import AdapterError, NotSentError, TransientError
from loop.history.durable import replace_file
from loop.protocols import SlotContext

_SCRIPT, _NUMBER = "runner.sh", "runner.slurm"
_PATIENCE = 60.0
_AT_ONCE = 500
"""Names in one question: an argument of a program is 128 KiB at most."""
_UNHEARD_SECONDS = 600.0
"""For so long a job that sbatch sent may be taken yet, where nobody said that it was."""
_QUEUED = frozenset(
    {"PENDING", "CONFIGURING", "SUSPENDED", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"}
)
_AT_WORK = frozenset({"RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING", "STOPPED", "RESIZING"})
_NOT_REACHED = "Unable to contact slurm controller"
_NOT_HEARD = (
    "Socket timed out on send/recv operation",
    "Zero Bytes were transmitted or received",
    "Transport endpoint is not connected",
)
_TAKEN_AWAY = frozenset({"NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "REVOKED"})


class Slurm(Options):
    """``sbatch``, ``squeue``, ``sacct`` and ``scancel`` of this machine.

    The job's folder must be on a file system that its nodes see. A job writes down itself how it ended; only one that
    did not get that far is looked up in the accounting, where there is one.

    Parameters
    ----------
    folder
        Where jobs' folders are made, relative to the campaign's; beside the history if absent.
    time_limit_seconds
        ``--time``, rounded up to minutes.
    memory_limit_gib
        ``--mem``; the cluster's default if absent.
    arguments
        Further arguments of sbatch, such as ``["--partition=short", "--account=magnets"]``.
    preamble
        Lines of the batch script before the command, such as ``["module load elk"]``.
    """

    kind: Literal["slurm"]
    folder: Annotated[str, Field(min_length=1)] | None = None
    time_limit_seconds: PositiveFloat = 86400.0
    memory_limit_gib: PositiveFloat | None = None
    arguments: tuple[str, ...] = ()
    preamble: Annotated[tuple[str, ...], BeforeValidator(written_down)] = ()

    def place(self, context: SlotContext) -> Path:
        """The folder of the options, or one beside the history."""
        return context.state / "jobs" if self.folder is None else context.folder / self.folder

    def check(self, command: Command) -> None:  # noqa: ARG002  the nodes have it
        """Refuse to start without the commands of SLURM; the program is a matter of the nodes."""
        for program in ("sbatch", "squeue", "scancel"):
            if shutil.which(program) is None:
                raise AdapterError(
                    f"{program} is not installed: run douka on a machine that submits to the cluster "
                    "(Debian: apt-get install slurm-client), or use another runner"
                )

    def start(self, job: Job) -> None:
        """Submit, and keep the number that SLURM gives."""
        try:
            (job.folder / _SCRIPT).write_text(self._script(job), encoding="utf-8")
        except OSError as error:
            raise NotSentError(f"{job.folder / _SCRIPT} cannot be written now ({error.strerror})") from error
        minutes = -(-self.time_limit_seconds // 60)
        asked = [f"--job-name={job.name}", f"--chdir={job.folder}", f"--time={minutes:.0f}", "--no-requeue",
                 "--output=stdout.txt", "--error=stderr.txt"]  # fmt: skip
        if self.memory_limit_gib is not None:
            asked.append(f"--mem={self.memory_limit_gib * 1024:.0f}M")
        given = _said("sbatch", "--parsable", *asked, *self.arguments, str(job.folder / _SCRIPT))
        try:
            replace_file(job.folder / _NUMBER, given.split(";")[0].strip().encode(), durable=True)
        except OSError as error:
            raise TransientError(f"{job.folder / _NUMBER} cannot be written now ({error})") from error

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """What jobs say themselves, then what the queue says, then the accounting."""
        found = {job.name: end for job in jobs if (end := ending_of(job.folder)) is not None}
        rest = [job for job in jobs if job.name not in found]
        try:
            queue = self._queue(rest) if rest else {}
            return found | {job.name: queue.get(job.name) or _afterwards(job) for job in rest}
        except AdapterError as error:
            # A controller that is being restarted is no reason to give up on anything.
            return found | {job.name: Look(Stand.WAITING, str(error)) for job in rest}

    def news(self, job: Job) -> str:
        """Whether it wrote down how it ended; what the queue alone knows is seen by scheduled cycles."""
        return "ended" if (job.folder / ENDED).is_file() else ""

    def cancel(self, job: Job) -> None:
        """``scancel`` by name: it holds even where the number was not kept."""
        _said("scancel", "--quiet", f"--name={job.name}")

    def _script(self, job: Job) -> str:
        command = job.command
        exports = [f"export {name}={shlex.quote(value)}" for name, value in command.environment.items()]
        stdin = f" < {shlex.quote(command.stdin)}" if command.stdin else ""
        # Renamed, so that it is there whole or not at all.
        told = f"""printf '{{"status": %d, "reason": ""}}' "$?" > {ENDED}.tmp && mv {ENDED}.tmp {ENDED}"""
        return "\n".join(["#!/bin/bash", *self.preamble, *exports, shlex.join(command.arguments) + stdin, told, ""])

    def _queue(self, jobs: Sequence[Job]) -> dict[str, Look]:
        rows: list[str] = []
        for first in range(0, len(jobs), _AT_ONCE):
            names = ",".join(job.name for job in jobs[first : first + _AT_ONCE])
            said = _said("squeue", "--noheader", "--states=all", f"--name={names}", "--format=%j|%T|%r|%i")
            rows += said.splitlines()
        found: dict[str, Look] = {}
        for row in rows:
            name, state, why, number = (row.strip().split("|") + [""] * 4)[:4]
            if state in _QUEUED:
                found[name] = Look(Stand.WAITING, f"SLURM job {number}: {state.lower()} ({why})")
            elif state in _AT_WORK:
                found[name] = Look(Stand.RUNNING, f"SLURM job {number}: {state.lower()}")
        return found


def _afterwards(job: Job) -> Look:
    """Of a job that the queue does not know: it may have ended since, or been ended, or not be there yet."""
    return ending_of(job.folder) or (_past(job) if _number_of(job) else _unheard(job))


def _number_of(job: Job) -> str:
    """What SLURM gave; none where a power failure left the file empty."""
    with suppress(FileNotFoundError):
        return (job.folder / _NUMBER).read_text(encoding="utf-8").strip()
    return ""


def _unheard(job: Job) -> Look:
    """Of a job without a number: a controller that was slow to answer may take it yet."""
    script = job.folder / _SCRIPT
    # A share's clock may be ahead of ours.
    if script.is_file() and abs(time.time() - script.stat().st_mtime) < _UNHEARD_SECONDS:
        return Look(Stand.WAITING, "waiting: sbatch did not say whether it was taken, and it is not in the queue")
    return Look(Stand.LOST, "sbatch did not say whether it was taken, and nobody has it", unsure=True)


def _past(job: Job) -> Look:
    """Of a job that was in the queue."""
    state, number = _past_state(job)
    if state == "COMPLETED":
        # It wrote its ending last; a shared file system may take a while to show it.
        return Look(Stand.RUNNING, f"SLURM job {number}: complete, its files are not to be seen here yet")
    if not state or state in _TAKEN_AWAY:
        return Look(Stand.LOST, f"SLURM job {number}: {state or 'nobody remembers it'}")
    return Look(Stand.ENDED, f"SLURM job {number}: {state}", failed=True)


def _past_state(job: Job) -> tuple[str, str]:
    """State and number of a job that has left the queue; no state where nobody remembers."""
    number = _number_of(job)
    for question in (
        ("squeue", "--noheader", "--states=all", f"--jobs={number}", "--format=%T"),
        ("sacct", "--noheader", "--allocations", "--parsable2", f"--jobs={number}", "--format=State"),
    ):
        try:
            answer = _said(*question).split()
        except TransientError:
            raise  # nobody said that it is forgotten
        except AdapterError:
            continue  # the queue has forgotten it; there need not be an accounting
        if answer:
            return answer[0], number
    return "", number


def _said(*words: str) -> str:
    """What a command of SLURM says.

    Raises
    ------
    NotSentError
        Where it reached nobody.
    TransientError
        Where it does not answer, and may have been heard.
    AdapterError
        Where it is refused.
    """
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=_PATIENCE)
    except FileNotFoundError as error:
        raise AdapterError(f"{words[0]} is not installed here: {error}") from error
    except OSError as error:
        raise NotSentError(f"{words[0]} cannot be started now: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise TransientError(f"{words[0]} does not answer: {error}") from error
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise _kind(said)(f"{words[0]} failed with status {done.returncode}: {said}")
    return done.stdout


def _kind(said: str) -> type[AdapterError]:
    """What an error of a command of SLURM means; the words are those of its ``slurm_errno.c``."""
    if any(words in said for words in _NOT_HEARD):
        return TransientError
    return NotSentError if _NOT_REACHED in said else AdapterError
