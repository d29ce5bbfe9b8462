"""``kind = "dask"``: workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from adapters.command import Command
from adapters.simulators.attending import order, withdraw, worker_of
from adapters.simulators.ending import ending_of
from adapters.simulators.job import Job, Look, Stand
from adapters.simulators.runners.dask_client import DaskClient
from adapters.simulators.runners.sharing import PATIENCE, Shared
from adapters.simulators.runners.unchanged import Unchanged
from loop.errors import AdapterError


class Dask(Shared):
    """Jobs of a Dask scheduler, each one task; what they yield are files in a folder that all workers see.

    A task goes on when douka ends, and is found again by its key. Where a worker dies at work, the job is lost and done
    again in a fresh folder; so it is where the scheduler ends.

    Parameters
    ----------
    scheduler
        Address, such as ``"tcp://127.0.0.1:8786"``; ``tls://`` beyond a machine or network that is trusted: who reaches
        a scheduler can run anything on its workers and on this machine.
    """

    kind: Literal["dask"]
    scheduler: Annotated[str, Field(pattern=r"^(tcp|tls|ucx|ws|wss)://.+$")]
    _client: DaskClient = PrivateAttr()
    _unchanged: Unchanged = PrivateAttr(default_factory=Unchanged)

    def model_post_init(self, context: object, /) -> None:  # noqa: ARG002
        """Know the scheduler; it is called when there is something to do."""
        self._client = DaskClient(self.scheduler)

    def check(self, command: Command) -> None:  # noqa: ARG002  the workers have it
        """Refuse to start without Dask; the program is a matter of the workers."""
        if find_spec("distributed") is None:
            raise AdapterError("the runner 'dask' needs distributed: pip install 'douka[dask]'")

    def start(self, job: Job) -> None:
        """Hand a job to the scheduler; where it does not answer, :meth:`look` tries again."""
        order(job, self.time_limit_seconds, self.memory_limit_gib)
        if not self._client.trouble():
            self._client.hand_out(job)

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """What jobs say themselves, then what the scheduler says; what it does not know it is given again."""
        found = {job.name: end for job in jobs if (end := ending_of(job.folder)) is not None}
        for name in found:
            self._forget(name)
        rest = [job for job in jobs if job.name not in found]
        trouble = self._client.trouble() if rest else ""
        return found | {job.name: Look(Stand.WAITING, trouble) if trouble else self._look(job) for job in rest}

    def cancel(self, job: Job) -> None:
        """Withdraw a job, in its folder and at the scheduler."""
        withdraw(job.folder)
        self._client.cancel(job)
        self._forget(job.name)

    def disconnect(self) -> None:
        """Let the scheduler go; what it was given goes on."""
        self._client.close()

    def _forget(self, name: str) -> None:
        self._client.forget(name)
        self._unchanged.forget(name)

    def _look(self, job: Job) -> Look:
        status, words = self._client.hand_out(job)
        if status == "pending":
            return _under_way(job)
        if status == "finished":
            if self._unchanged.seconds(job, status, PATIENCE) < PATIENCE:
                return Look(Stand.RUNNING, "done; its files are not to be seen here yet")
            words = f"done, but nothing of it is seen in {job.folder}"
        self._forget(job.name)
        # It may have been told between the first look and this one.
        return ending_of(job.folder) or Look(Stand.LOST, words or f"the scheduler says: {status}")


def _under_way(job: Job) -> Look:
    """A job that the scheduler has: begun by a worker, or not yet."""
    worker = worker_of(job.folder)
    return Look(Stand.RUNNING, f"running on {worker}") if worker else Look(Stand.WAITING, "waiting for a worker")
