"""How a history stands, as the index tells it: no cycle file is opened for it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from loop.history.hdf5 import Plain
from loop.history.standing import standing


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How a history stands.

    Parameters
    ----------
    cycles, observations, quarantined
        How many there are: cycles, values learned from now, values put aside now.
    requests
        How many requests have each status, by status.
    open_requests
        Those that an answer is expected for: id, cycle, source, adapter, target, label, cost, status, changed,
        note.
    spent
        Sum of the costs of all requests that were not rejected.
    summary, facts
        Of the last cycle.
    damaged, missing
        Cycles that could not be indexed because their file is damaged or gone.
    """

    cycles: int
    observations: int
    quarantined: int
    requests: Mapping[str, int] = field(default_factory=dict)
    open_requests: Sequence[Mapping[str, Any]] = ()
    spent: float = 0.0
    summary: Mapping[str, Plain] = field(default_factory=dict)
    facts: Mapping[str, Plain] = field(default_factory=dict)
    damaged: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()


_OPEN = ("proposed", "awaiting approval", "sealed", "running")


def overview(index: sqlite3.Connection) -> Overview:
    """Ask the index how its history stands.

    Parameters
    ----------
    index
        Up to date.

    Returns
    -------
    Overview
        As of the last sealed cycle.
    """
    counts = standing(index)
    observations, quarantined = counts[-1] if counts else (0, 0)
    requests = dict(index.execute("SELECT status, count(*) FROM request GROUP BY status").fetchall())
    (spent,) = index.execute("SELECT ifnull(sum(cost), 0.0) FROM request WHERE status != 'rejected'").fetchone()
    last = index.execute("SELECT summary, facts FROM cycle ORDER BY number DESC LIMIT 1").fetchone()
    summary, facts = map(json.loads, last or ("{}", "{}"))
    damaged = tuple(number for (number,) in index.execute("SELECT number FROM cycle WHERE damaged ORDER BY number"))
    return Overview(
        cycles=len(counts),
        observations=observations,
        quarantined=quarantined,
        requests=requests,
        open_requests=_open_requests(index),
        spent=spent,
        summary=summary,
        facts=facts,
        damaged=damaged,
        missing=_missing(index),
    )


def _open_requests(index: sqlite3.Connection) -> list[dict[str, Any]]:
    places = ", ".join("?" * len(_OPEN))
    query = f"SELECT * FROM request WHERE status IN ({places}) ORDER BY cycle, id"  # noqa: S608  # constants only
    cursor = index.execute(query, _OPEN)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _missing(index: sqlite3.Connection) -> tuple[int, ...]:
    numbers = {number for (number,) in index.execute("SELECT number FROM cycle")}
    return tuple(number for number in range(max(numbers, default=-1)) if number not in numbers)


def progress(index: sqlite3.Connection) -> dict[str, npt.NDArray[np.float64]]:
    """Give every number that the cycles' summaries report, cycle by cycle.

    Parameters
    ----------
    index
        Up to date.

    Returns
    -------
    dict
        ``cycle``, ``observations`` (learned from then), and by its name every number of a summary, NaN where a cycle
        reports none; each of shape (n,).
    """
    rows = index.execute("SELECT number, summary FROM cycle ORDER BY number").fetchall()
    summaries = [json.loads(summary) for _, summary in rows]
    names = sorted({name for summary in summaries for name, value in summary.items() if _is_number(value)})
    columns: dict[str, Any] = {name: [_number(summary.get(name)) for summary in summaries] for name in names}
    columns["cycle"] = [number for number, _ in rows]
    columns["observations"] = [learned for learned, _ in standing(index)]
    return {name: np.array(values, dtype=float) for name, values in columns.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else float("nan")
