"""What the runner ``prefect`` asks of a Prefect server, through its HTTP interface.

Not through Prefect's own client: that obeys the profile and the ``PREFECT_…`` variables of whoever starts douka, which
douka puts aside, and tries again for minutes where the server is away.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loop.errors import AdapterError

ENTRYPOINT = "adapters.simulators.prefect_flow.calculation"
FLOW = "douka-calculation"
_PAGE = 200
_SECONDS = 30.0
_AGAIN_SECONDS = 10.0


@dataclass(frozen=True)
class Run:
    """A flow run.

    Parameters
    ----------
    id
        Of the server.
    state
        Type of its state, such as ``"RUNNING"``.
    message
        What the server says of it.
    """

    id: str
    state: str
    message: str


class PrefectServer:
    """A Prefect server, with one deployment of the flow that does a job.

    Parameters
    ----------
    address
        Of its interface.
    work_pool
        Whose workers do the runs.
    authentication
        ``user:password``, or nothing.
    """

    def __init__(self, address: str, work_pool: str, authentication: str = "") -> None:
        self._address, self._work_pool = address.rstrip("/"), work_pool
        user, _, password = authentication.partition(":")
        self._http = httpx.Client(
            auth=(user, password) if authentication else None,
            headers={"Connection": "close"},  # adapters have no end at which to let go of one that is kept
            timeout=_SECONDS,
            trust_env=False,
        )
        self._deployment = ""
        self._trouble, self._until = "", 0.0

    def ask_for(self, name: str, folder: Path) -> str:
        """Make the flow run of a job, unless there is one of its name; its id.

        Raises
        ------
        AdapterError
            Where the server does not answer, or refuses.
        """
        if not self._deployment:
            self._deployment = self._deployed()
        asked = {"name": name, "idempotency_key": name, "parameters": {"folder": str(folder)}, "tags": ["douka"],
                 "state": {"type": "SCHEDULED"}}  # fmt: skip
        return str(self._said(f"deployments/{self._deployment}/create_flow_run", asked)["id"])

    def runs(self, ids: Sequence[str]) -> Mapping[str, Run]:
        """Flow runs by id; those that the server does not know are left out.

        Raises
        ------
        AdapterError
            Where the server does not answer.
        """
        found: dict[str, Run] = {}
        for start in range(0, len(ids), _PAGE):
            asked = {"flow_runs": {"id": {"any_": list(ids[start : start + _PAGE])}}, "limit": _PAGE}
            for run in self._said("flow_runs/filter", asked):
                state = run["state"] or {"type": "PENDING"}
                found[run["id"]] = Run(run["id"], state["type"], state.get("message") or "")
        return found

    def set_state(self, run: str, state: str, message: str, *, force: bool) -> None:
        """Set the state of a flow run; by force, whatever it was.

        Raises
        ------
        AdapterError
            Where the server does not answer.
        """
        self._said(f"flow_runs/{run}/set_state", {"state": {"type": state, "message": message}, "force": force})

    def _deployed(self) -> str:
        """Id of the deployment; flow and work pool are made where they are missing."""
        flow = self._said("flows/", {"name": FLOW})["id"]
        pool = {"name": self._work_pool, "type": "process", "base_job_template": {}}
        self._said("work_pools/", pool, fine=(httpx.codes.CONFLICT,))
        deployment = {"name": self._work_pool, "flow_id": flow, "work_pool_name": self._work_pool, "path": ".",
                      "entrypoint": ENTRYPOINT, "enforce_parameter_schema": False}  # fmt: skip
        return str(self._said("deployments/", deployment)["id"])

    def _said(self, path: str, content: Mapping[str, Any], fine: Sequence[int] = ()) -> Any:
        if time.monotonic() < self._until:
            raise AdapterError(self._trouble)  # asked just now: ten thousand jobs shall not wait for it each
        try:
            answer = self._http.post(f"{self._address}/{path}", json=content)
            if answer.status_code not in fine:
                answer.raise_for_status()
            return answer.json()
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            raise AdapterError(f"the Prefect server {self._address} refuses {path}: {status} {_why(error)}") from error
        except (httpx.TransportError, ValueError) as error:
            self._trouble = f"the Prefect server {self._address} does not answer ({error})"
            self._until = time.monotonic() + _AGAIN_SECONDS
            raise AdapterError(self._trouble) from error


def _why(error: httpx.HTTPStatusError) -> str:
    if error.response.status_code == httpx.codes.UNAUTHORIZED:
        return "(name the variable with its user:password in options.runner.authentication)"
    return error.response.text[:200]
