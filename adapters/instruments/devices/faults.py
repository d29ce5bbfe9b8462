"""Faults on demand: what a soft device does wrong, and when, to see what becomes of a campaign."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Mapping

from loop.errors import CampaignError

KINDS = ("hang", "exit", "segfault", "stale", "nan", "out_of_range", "disconnect")
"""What can be asked for."""


class Faults:
    """Counts actions and misbehaves at the stated ones.

    Parameters
    ----------
    plan
        By action (``read``, ``set``, ``stop``) and its number, counted from 1 (``"*"``: every one), a kind of fault.
    file
        Counts survive the process in this file, so that a device made anew after a fault goes on counting; None counts
        in memory.

    Raises
    ------
    CampaignError
        Where a kind is unknown.
    """

    def __init__(self, plan: Mapping[str, Mapping[str, str]] | None = None, file: str | None = None) -> None:
        self._plan = {action: dict(kinds) for action, kinds in (plan or {}).items()}
        unknown = {kind for kinds in self._plan.values() for kind in kinds.values()} - set(KINDS)
        if unknown:
            raise CampaignError(f"faults: found {', '.join(sorted(unknown))}, expected some of {', '.join(KINDS)}")
        self._counts: Counter[str] = Counter()
        self._file = file

    def due(self, action: str) -> str:
        """Count an action; hang, exit or crash where that is due, else the kind of fault, or nothing.

        Raises
        ------
        ConnectionError
            Where the peer is to be gone.
        """
        kinds = self._plan.get(action, {})
        kind = kinds.get(str(self._counted(action)), kinds.get("*", ""))
        if kind == "hang":
            while True:
                time.sleep(3600)
        if kind == "exit":
            os._exit(0)
        if kind == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        if kind == "disconnect":
            raise ConnectionError("the instrument does not answer: connection lost")
        return kind

    def _counted(self, action: str) -> int:
        if self._file is None:
            self._counts[action] += 1
            return self._counts[action]
        descriptor = os.open(f"{self._file}.{action}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, b".")
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
