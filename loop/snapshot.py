"""What a history came to, kept beside it, so that a process with one cycle to do does not read all that were done.

A snapshot is derived, like the index: it may be deleted at any time. One that is damaged, of another version of douka
or of another history is passed over, and the history is folded from its first cycle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from loop.errors import HistoryError
from loop.history import History
from loop.history.cycle_file import decode, encode, read_chain
from loop.history.durable import replace_file
from loop.history.layout import SNAPSHOT
from loop.history.seal import read_sealed
from loop.judged import Judged
from loop.records import CycleRecord
from loop.state import CANDIDATES, STATISTICS, State, below, statistics_of

EVERY = 50
"""Cycles from one snapshot to the next: so many are read at most, beside the snapshot."""

_FORMAT = 1
"""Raise it when the same records would fold to another state."""

_REST = "rest"


def folded(history: History) -> State:
    """Fold a history: from its snapshot on, where there is one.

    Parameters
    ----------
    history
        Open.

    Returns
    -------
    State
        Bit by bit that of :func:`~loop.state.fold` of all records.

    Raises
    ------
    HistoryError
        Where a cycle that is read is damaged. Those before the snapshot are not read; ``History.verify`` looks at all.
    """
    state = _kept(history)
    for record in history.records(since=state.next_cycle):
        state = state.after(record)
    return state


def keep_snapshot(history: History, state: State) -> None:
    """Write the snapshot of a history, in the place of the one before.

    Parameters
    ----------
    history
        Open for writing.
    state
        Its fold, after at least one cycle.

    Raises
    ------
    HistoryError
        Where it cannot be written.
    """
    last = state.next_cycle - 1
    content, _ = encode(_record(state), history.header, history.digest_after(last))
    replace_file(history.path / SNAPSHOT, content)


def _kept(history: History) -> State:
    path = history.path / SNAPSHOT
    if not path.exists():
        return State()
    try:
        record = decode(read_sealed(path), path)
        history_then, _ = read_chain(path)
        if record.number < history.next_number and history.digest_after(record.number) == history_then:
            return _state(record)
    except (HistoryError, KeyError, ValueError, TypeError):
        pass  # made anew with one of the next cycles
    return State()


def _record(state: State) -> CycleRecord:
    """The state in the form of one cycle that brought it all: whatever can be kept of a cycle can be kept of it."""
    rest = {
        "version": _version(),
        "stopped": state.stopped,
        "failures": dict(state.failures),
        "judged": {slot: [_written(each) for each in values] for slot, values in state.judged.items()},
        "decided": state.decided,
    }
    statistics = {} if state.statistics is None else state.statistics.to_arrays()
    arrays = {CANDIDATES + name: array for name, array in state.candidates.items()}
    arrays |= {STATISTICS + name: array for name, array in statistics.items()}
    # Not an attribute: those are 64 KiB at most.
    arrays[_REST] = np.frombuffer(json.dumps(rest).encode(), dtype=np.uint8)
    return CycleRecord(
        number=state.next_cycle - 1,
        observations=state.observations,
        quarantined=state.quarantine,
        requests=tuple(state.requests.values()),
        arrays=arrays,
    )


def _state(record: CycleRecord) -> State:
    rest: Mapping[str, Any] = json.loads(record.arrays[_REST].tobytes())
    if rest["version"] != _version():
        return State()
    return State(
        next_cycle=record.number + 1,
        observations=record.observations,
        quarantine=record.quarantined,
        requests={request.id: request for request in record.requests},
        candidates=below(record.arrays, CANDIDATES),
        statistics=statistics_of(record),
        stopped=rest["stopped"],
        failures=rest["failures"],
        judged={slot: tuple(map(_read, values)) for slot, values in rest["judged"].items()},
        decided=rest["decided"],
    )


def _written(judged: Judged) -> list[Any]:
    return [judged.cycle, judged.believed, sorted(judged.suspicious)]


def _read(written: list[Any]) -> Judged:
    cycle, believed, suspicious = written
    return Judged(cycle, believed, frozenset(suspicious))


def _version() -> str:
    return f"{version('douka')}/{_FORMAT}"
