"""A connection to a Dask scheduler that is made when needed, and again when it broke."""

from __future__ import annotations

import time
from typing import Any

from adapters.simulators.attending import attend_on_dask
from adapters.simulators.job import Job

CONNECT_SECONDS = 5.0
AGAIN_SECONDS = 15.0


class DaskClient:
    """Tasks of one scheduler, by the names of their jobs.

    Parameters
    ----------
    address
        Of the scheduler.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None
        self._futures: dict[str, Any] = {}
        self._trouble, self._tried = "", float("-inf")

    def trouble(self) -> str:
        """Connect where that is needed; why it is not possible now, or nothing."""
        if self._client is not None and self._client.status != "running":
            self.close()
        if self._client is None and time.monotonic() - self._tried > AGAIN_SECONDS:
            self._connect()
        return self._trouble

    def hand_out(self, job: Job) -> tuple[str, str]:
        """Give a job to the scheduler, unless it has it; the status there, and the reason where that is an error.

        The key of the task is the name of the job: one that another client has given, before a crash, is found.
        """
        from distributed import fire_and_forget

        future = self._futures.get(job.name)
        if future is None:
            future = self._client.submit(attend_on_dask, str(job.folder), key=job.name, retries=0)
            fire_and_forget(future)  # it goes on when this process ends
            self._futures[job.name] = future
        status = str(future.status)
        return status, str(future.exception()) if status == "error" else ""

    def forget(self, name: str) -> None:
        """Forget a task that is over."""
        future = self._futures.pop(name, None)
        if future is not None:
            future.release()

    def cancel(self, job: Job) -> None:
        """Take a task back, if the scheduler is there."""
        if job.name in self._futures and not self.trouble():
            self._client.cancel([self._futures[job.name]], force=True)

    def close(self) -> None:
        """Let the scheduler go; what it was given goes on."""
        self._futures.clear()
        if self._client is not None:
            self._client.close()
        self._client = None

    def _connect(self) -> None:
        from distributed import Client

        self._tried = time.monotonic()
        try:
            self._client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False, name="douka")
            self._trouble = ""
        except (OSError, ValueError) as error:
            self._trouble = f"waiting: the Dask scheduler {self._address} does not answer ({error})"
