"""The flow that does one job, for workers of Prefect; imported there only."""

from __future__ import annotations

import os
import socket

from prefect import State, flow
from prefect.states import Cancelled

from adapters.simulators.attending import attend


@flow(name="douka-calculation", retries=0, persist_result=False, log_prints=False)
def calculation(folder: str) -> State[None] | None:
    """Run the command of a job in its folder; everything it yields stays there."""
    # A run is a child of its worker.
    is_done = attend(folder, f"Prefect worker {os.getppid()} on {socket.gethostname()}")
    return None if is_done else Cancelled(message="withdrawn by douka")
