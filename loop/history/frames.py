"""Records as tables for people: pandas frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from loop.history.columns import columns_of
from loop.history.header import Header
from loop.records import CycleRecord, Observation, Quarantined, Request

if TYPE_CHECKING:
    import pandas as pd

HeaderAt = Callable[[int], Header]

_UNCERTAINTY = "uncertainty of "
_PREFIXES = {"x": "", "requested_x": "requested ", "x_uncertainty": _UNCERTAINTY}


def observations(records: Iterable[CycleRecord], header_at: HeaderAt) -> pd.DataFrame:
    """Tabulate what was admitted.

    Parameters
    ----------
    records
        Of a history.
    header_at
        The header that holds for a cycle.

    Returns
    -------
    pandas.DataFrame
        One row an observation; one column a variable, ``requested <variable>`` for the point asked for and
        ``uncertainty of <variable>`` for the composition that was measured.
    """
    return _frame(Observation, ((record.number, row) for record in records for row in record.observations), header_at)


def quarantine(records: Iterable[CycleRecord], header_at: HeaderAt) -> pd.DataFrame:
    """Tabulate what was not believed.

    Parameters
    ----------
    records, header_at
        As for :func:`observations`.

    Returns
    -------
    pandas.DataFrame
        One row a quarantined value.
    """
    return _frame(Quarantined, ((record.number, row) for record in records for row in record.quarantined), header_at)


def requests(records: Iterable[CycleRecord], header_at: HeaderAt) -> pd.DataFrame:
    """Tabulate what was asked, with the status it has now.

    Parameters
    ----------
    records, header_at
        As for :func:`observations`.

    Returns
    -------
    pandas.DataFrame
        One row a request; ``status`` follows all later changes, ``changed`` is the cycle of the last one and
        ``note`` its note.
    """
    asked: dict[str, Request] = {}
    changes: dict[str, tuple[int, str]] = {}
    for record in records:
        for change in record.changes:
            if change.request_id in asked:
                asked[change.request_id] = asked[change.request_id].with_status(change.status)
            changes[change.request_id] = (record.number, change.note)
        asked |= {request.id: request for request in record.requests}
    frame = _frame(Request, ((request.cycle, request) for request in asked.values()), header_at)
    last = [changes.get(name, (request.cycle, "")) for name, request in asked.items()]
    frame["changed"] = [cycle for cycle, _ in last]
    frame["note"] = [note for _, note in last]
    return frame


def changes(records: Iterable[CycleRecord]) -> pd.DataFrame:
    """Tabulate every step of every request.

    Parameters
    ----------
    records
        Of a history.

    Returns
    -------
    pandas.DataFrame
        One row a step, in order: ``cycle``, ``sealed`` (when that cycle was, as its facts say), ``id``, ``status``
        and ``note``.
    """
    import pandas as pd

    rows = []
    for record in records:
        when = record.facts.get("sealed", "")
        steps = [(each.request_id, each.status, each.note) for each in record.changes]
        steps += [(each.id, each.status, "") for each in record.requests]
        rows += [(record.number, when, name, str(status), note) for name, status, note in steps]
    return pd.DataFrame(rows, columns=["cycle", "sealed", "id", "status", "note"])


def _frame(noun: type, rows: Iterable[tuple[int, Any]], header_at: HeaderAt) -> pd.DataFrame:
    import pandas as pd

    numbered = list(rows)
    data: dict[str, list[Any]] = {"cycle": [number for number, _ in numbered]}
    short = Counter(column.name.rpartition(".")[2] for column in columns_of(noun))
    for column in columns_of(noun):
        name = column.name.rpartition(".")[2]
        values = [column.of(row) for _, row in numbered]
        if column.kind == "vector":
            headers = [header_at(number) for number in data["cycle"]]
            data |= _components(values, headers, _PREFIXES[name])
        else:
            data[name if short[name] == 1 else column.name] = values
    return pd.DataFrame(data)


def _components(
    vectors: Sequence[tuple[float, ...] | None], headers: Sequence[Header], prefix: str
) -> dict[str, list[float | str]]:
    names = dict.fromkeys(name for header in headers for name in header.variables)
    points = [
        dict(zip(header.variables, vector or (), strict=False))
        if prefix == _UNCERTAINTY
        else _point(header, vector or ())
        for header, vector in zip(headers, vectors, strict=True)
    ]
    return {f"{prefix}{name}": [point.get(name, float("nan")) for point in points] for name in names}


def _point(header: Header, vector: tuple[float, ...]) -> dict[str, float | str]:
    """Components by name, categories as they are called; what is put aside may have none."""
    point: dict[str, float | str] = dict(zip(header.variables, vector, strict=False))
    for name, values in header.categories.items():
        if name in point:
            positions = dict(zip(map(float, range(len(values))), values, strict=True))
            found = float(point[name])
            point[name] = positions.get(found, found)
    return point
