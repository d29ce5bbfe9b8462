"""Ten thousand cycles: nothing gets slower as a history grows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from loop.history import History

CYCLES = 10_000
APPEND_RATIO, OPEN_RATIO = 1.5, 50


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    return interleaved_medians([action], repeats)[0]


def interleaved_medians(actions: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Of each action in turn, so that whatever else the machine does slows all of them."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(repeats):
        for action, times in zip(actions, taken, strict=True):
            started = time.perf_counter()
            action()
            times.append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]


@pytest.fixture
def folders(tmp_path, header, make_record, monkeypatch):
    """A history of ten cycles and one of ten thousand, sealed without waiting for the disk."""
    record = make_record(1)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        for name, cycles in (("short", 10), ("long", CYCLES)):
            with History.create(tmp_path / name, header) as history:
                for number in range(cycles):
                    history.append(replace(record, number=number))
    return tmp_path / "short", tmp_path / "long"


def appending(history, record):
    return lambda: history.append(replace(record, number=history.next_number))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_cycles(folders, make_record):
    short, long = folders
    with History.open(short, "a") as young, History.open(long, "a") as old:
        record = make_record(1)
        early, late = interleaved_medians([appending(young, record), appending(old, record)], 100)
    one = History.open(long)
    opening, writing, reading, alone = interleaved_medians(
        [
            lambda: History.open(long),
            lambda: History.open(long, "a").close(),
            lambda: History.open(long).read(5000),
            lambda: one.read(5000),
        ],
        20,
    )
    overview, master = median_seconds(one.overview, 10), median_seconds(one.write_master, 3)
    print(
        f"append: {early * 1e3:.1f} ms at cycle 10, {late * 1e3:.1f} ms at 10,000 (ratio {late / early:.2f}); "
        f"read one {alone * 1e3:.1f} ms (with opening {reading * 1e3:.1f} ms); open {opening * 1e3:.0f} ms "
        f"(ratio {opening / alone:.1f}), for writing {writing * 1e3:.0f} ms (ratio {writing / alone:.1f}); "
        f"overview {overview * 1e3:.0f} ms; master {master:.2f} s"
    )
    assert late <= APPEND_RATIO * early
    assert opening < OPEN_RATIO * alone
    assert writing < OPEN_RATIO * alone
