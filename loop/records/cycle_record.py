"""What one cycle learned, asked and thought: the unit that is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loop.records.decision import Decision
from loop.records.observation import Observation
from loop.records.quarantined import Quarantined
from loop.records.request import Request, Status


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """A request that moved on.

    Parameters
    ----------
    request_id, status
        Which request, and where it stands now.
    note
        Why, where that is not plain (the reason of a failure).
    """

    request_id: str
    status: Status
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CycleRecord:
    """Everything that one cycle adds to a history.

    All fields but ``facts`` are a function of the campaign, the earlier records and the news, and enter the digest;
    ``facts`` (times, host, versions) do not.

    Parameters
    ----------
    number
        0 for the first cycle.
    observations, quarantined
        What came in.
    changes
        Requests of earlier cycles that moved on.
    requests
        What was chosen.
    decisions
        What was decided about requests that waited for approval, with those that do not hold.
    arrays
        Named arrays: sufficient statistics, θ mixture, generator state. Names may contain ``/``.
    summary
        Plain values (str, int, float, bool): spend, best so far, effective sample size, why it stopped.
    facts
        Times, host, versions, hashes: everything that may differ between equal runs. Plain values.
    """

    number: int
    observations: tuple[Observation, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    changes: tuple[StatusChange, ...] = ()
    requests: tuple[Request, ...] = ()
    decisions: tuple[Decision, ...] = ()
    arrays: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    summary: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    facts: Mapping[str, str | int | float | bool] = field(default_factory=dict)
