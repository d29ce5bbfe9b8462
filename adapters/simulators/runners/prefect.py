"""``kind = "prefect"``: flow runs on a work pool of a Prefect server, done by its workers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PrivateAttr

from adapters.command import Command
from adapters.simulators.attending import BEGUN, order, withdraw, worker_of
from adapters.simulators.ending import ending_of
from adapters.simulators.job import Job, Look, Stand
from adapters.simulators.runners.prefect_server import PrefectServer, Run
from adapters.simulators.runners.sharing import PATIENCE, Shared
from adapters.simulators.runners.unchanged import Unchanged
from loop.errors import AdapterError
from loop.history.durable import replace_file

_NUMBER = "runner.prefect"


class Prefect(Shared):
    """Each job is one flow run; what it yields are files in a folder that all workers see.

    A run goes on when douka ends. One that crashed, or of which nothing is heard any more, is lost and done again in a
    fresh folder.

    Parameters
    ----------
    server
        Address of its interface; that of ``douka serve`` if absent.
    work_pool
        Made where the server has none of this name, for processes: ``prefect worker start --pool NAME``.
    authentication
        Name of the environment variable that holds ``user:password`` of the server; none if empty.
    silence_seconds
        A running job that gives no sign of life for this long is lost.
    """

    kind: Literal["prefect"]
    server: Annotated[str, Field(pattern=r"^https?://.+/api$")] = "http://127.0.0.1:4200/api"
    work_pool: Annotated[str, Field(min_length=1)] = "calculations"
    authentication: str = ""
    silence_seconds: PositiveFloat = 300.0
    _server: PrefectServer = PrivateAttr()
    _unchanged: Unchanged = PrivateAttr(default_factory=Unchanged)

    def model_post_init(self, context: object, /) -> None:  # noqa: ARG002
        """Know the server; it is called when there is something to do."""
        self._server = PrefectServer(self.server, self.work_pool, os.environ.get(self.authentication, ""))

    def check(self, command: Command) -> None:  # noqa: ARG002  the workers have it
        """Refuse to start without the password; the program is a matter of the workers."""
        if self.authentication and not os.environ.get(self.authentication):
            raise AdapterError(
                f"the environment variable {self.authentication}, named by options.runner.authentication, is not set: "
                "expected user:password of the Prefect server"
            )

    def start(self, job: Job) -> None:
        """Make a flow run; where the server does not answer, :meth:`look` tries again."""
        order(job, self.time_limit_seconds, self.memory_limit_gib)
        with suppress(AdapterError, OSError):
            self._number(job)

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """What jobs say themselves, then what the server says of the others."""
        found = {job.name: end for job in jobs if (end := ending_of(job.folder)) is not None}
        for name in found:
            self._unchanged.forget(name)
        rest = [job for job in jobs if job.name not in found]
        try:
            runs = self._server.runs([self._number(job) for job in rest])
            return found | {job.name: self._look(job, runs.get(self._number(job))) for job in rest}
        except (AdapterError, OSError) as error:
            # A server that is being started again is no reason to give up on anything, nor is a full disk.
            return found | {job.name: Look(Stand.WAITING, f"waiting: {error}") for job in rest}

    def cancel(self, job: Job) -> None:
        """Withdraw a job, in its folder and at the server."""
        withdraw(job.folder)
        self._unchanged.forget(job.name)
        if _kept(job.folder / _NUMBER):
            with suppress(AdapterError, OSError):  # its worker finds it withdrawn
                self._server.set_state(self._number(job), "CANCELLING", "withdrawn by douka", force=False)

    def _number(self, job: Job) -> str:
        """Id of the flow run of a job; made where there is none, and found again by its key after a crash."""
        file = job.folder / _NUMBER
        number = _kept(file)
        if not number:
            number = self._server.ask_for(job.name, job.folder)
            replace_file(file, number.encode(), durable=True)
        return number

    def _look(self, job: Job, run: Run | None) -> Look:
        if run is None:
            return Look(Stand.LOST, "the server does not know its flow run any more")
        words = f"flow run {job.name}: {run.state.lower()}" + (f" ({run.message})" if run.message else "")
        match run.state:
            case "RUNNING" | "CANCELLING":
                return self._running(job, run)
            case "COMPLETED":
                if self._unchanged.seconds(job, run.state, PATIENCE) < PATIENCE:
                    return Look(Stand.RUNNING, f"{words}; its files are not to be seen here yet")
                return _told(job, Look(Stand.LOST, f"{words}, but nothing of it is seen in {job.folder}"))
            case "CRASHED":
                return _told(job, Look(Stand.LOST, words))
            case "FAILED" | "CANCELLED":
                return _told(job, Look(Stand.ENDED, words, failed=True))
        return Look(Stand.WAITING, words)

    def _running(self, job: Job, run: Run) -> Look:
        """Its worker may be gone for good without a word: then its sign of life grows old."""
        begun = job.folder / BEGUN
        beat = begun.stat().st_mtime_ns if begun.exists() else 0
        if self._unchanged.seconds(job, str(beat), self.silence_seconds) < self.silence_seconds:
            return Look(Stand.RUNNING, f"running on {worker_of(job.folder) or 'a worker'}")
        withdraw(job.folder)
        silent = f"no sign of life for {self.silence_seconds:g} s"
        self._server.set_state(run.id, "CRASHED", silent, force=True)
        return Look(Stand.LOST, silent)


def _kept(file: Path) -> str:
    """The number in a file; none where a power failure left it empty."""
    with suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8").strip()
    return ""


def _told(job: Job, otherwise: Look) -> Look:
    """The end that a job may have told since the first look, or what is to be said without it."""
    return ending_of(job.folder) or otherwise
