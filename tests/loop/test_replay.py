"""Doing a history again: equal bit by bit, or the changed quantity is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loop.history import Difference, History
from loop.records import CycleRecord
from loop.replay import Replayed, _differs_in_numbers_only, replay

Change = Callable[[CycleRecord], CycleRecord]


def _all(path: Path, **options: Any) -> list[Replayed]:
    with History.open(path) as history:
        return list(replay(history, **options))


def test_an_untouched_history_is_equal_bit_by_bit(finished: Path, records: list[CycleRecord]) -> None:
    found = _all(finished)
    assert [cycle.number for cycle in found] == [record.number for record in records]
    assert all(cycle.differences == () for cycle in found)


def test_it_needs_neither_campaign_nor_tables(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "elsewhere")
    assert not any(cycle.differences for cycle in _all(tmp_path / "elsewhere"))


@pytest.mark.parametrize("until", [0, 2])
def test_it_stops_where_it_is_told(finished: Path, until: int) -> None:
    assert [cycle.number for cycle in _all(finished, until=until)] == list(range(until + 1))


def _first(record: CycleRecord, field: str, **change: Any) -> CycleRecord:
    head, *rest = getattr(record, field)
    return replace(record, **{field: (replace(head, **change), *rest)})


def _array(record: CycleRecord, name: str) -> CycleRecord:
    changed = np.array(record.arrays[name])
    changed.flat[0] = np.nextafter(changed.flat[0], np.inf)
    return replace(record, arrays={**record.arrays, name: changed})


TAMPERED: dict[str, tuple[int, Change, str]] = {
    "point of a request": (2, lambda r: _first(r, "requests", x=(0.123,)), "requests[0].x"),
    "id of a request": (3, lambda r: _first(r, "requests", id="000003-laboratory-7"), "requests[0].id"),
    "cost of a request": (0, lambda r: _first(r, "requests", cost=0.9), "requests[0].cost"),
    "value": (
        3,
        lambda r: _first(r, "observations", value=float(np.nextafter(r.observations[0].value, 9))),
        "arrays['statistics/factor']",
    ),
    "status": (2, lambda r: _first(r, "changes", note="all is well"), "changes[0].note"),
    "statistics": (1, lambda r: _array(r, "statistics/factor"), "arrays['statistics/factor']"),
    "θ": (2, lambda r: _array(r, "mixture/theta"), "arrays['mixture/theta']"),
    "summary": (3, lambda r: replace(r, summary={**r.summary, "spent": 0.0}), "summary['spent']"),
    "an answer left out": (1, lambda r: replace(r, observations=r.observations[1:]), "len(changes)"),
    "a request left out": (3, lambda r: replace(r, requests=r.requests[1:]), "len(requests)"),
    "a key more": (2, lambda r: replace(r, summary={**r.summary, "x": 1}), "summary['x']"),
}


@pytest.mark.parametrize(("number", "change", "quantity"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_changed_record_is_found_and_named(
    finished: Path, records: list[CycleRecord], tmp_path: Path, number: int, change: Change, quantity: str
) -> None:
    with History.open(finished) as source:
        header = source.header
    with History.create(tmp_path / "h", header) as history:
        for record in records[: number + 1]:
            history.append(change(record) if record.number == number else record)
    found = _all(tmp_path / "h")
    assert not any(cycle.differences for cycle in found[:number])
    names = [str(difference) for difference in found[number].differences]
    assert any(name.startswith(f"cycle {number}: {quantity}") for name in names), names


def test_what_may_differ_between_equal_runs_is_no_difference(
    finished: Path, records: list[CycleRecord], tmp_path: Path
) -> None:
    with History.open(finished) as source:
        header, digest = source.header, source.digest()
    with History.create(tmp_path / "h", header) as history:
        for record in records:
            history.append(replace(record, facts={"host": "another", "wall_seconds": 1e9}))
        assert history.digest() == digest
    assert not any(cycle.differences for cycle in _all(tmp_path / "h"))


@pytest.mark.parametrize(
    ("quantity", "first", "second", "is_alike"),
    [
        ("requests[0].reason.text", "from 27.5 to 2.04", "from 27.5 to 2.01", True),
        ("requests[0].reason.text", "best FeCo", "best Fe3Co", False),
        ("requests[0].label", "Fe0.5Co0.5", "Fe0.4Co0.6", False),
        ("requests[0].id", "000002-lab-0", "000002-lab-1", False),
    ],
)
def test_with_a_tolerance_sentences_may_differ_in_digits(
    quantity: str, first: str, second: str, is_alike: bool
) -> None:
    assert _differs_in_numbers_only(Difference(2, quantity, first, second)) is is_alike
