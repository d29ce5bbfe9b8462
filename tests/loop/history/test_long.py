"""Ten thousand cycles: nothing gets slower as a history grows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from loop.history import History

CYCLES = 10_000
APPEND_RATIO, OPEN_RATIO = 1.5, 50


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


@pytest.fixture
def long_history(tmp_path, header, make_record, monkeypatch):
    """Ten thousand cycles; those nobody measures are sealed without waiting for the disk."""
    folder, record = tmp_path / "long", make_record(1)
    with History.create(folder, header) as history:
        for number in range(10):
            history.append(replace(record, number=number))
        early = append_seconds(history, record)
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", lambda _: None)
            for number in range(history.next_number, CYCLES):
                history.append(replace(record, number=number))
        late = append_seconds(history, record)
    return folder, early, late


def append_seconds(history, record):
    return median_seconds(lambda: history.append(replace(record, number=history.next_number)), 100)


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(1200)
def test_ten_thousand_cycles(long_history):
    folder, early, late = long_history
    reading = median_seconds(lambda: History.open(folder).read(5000), 50)
    opening = median_seconds(lambda: History.open(folder), 20)
    writing = median_seconds(lambda: History.open(folder, "a").close(), 10)
    overview = median_seconds(lambda: History.open(folder).overview(), 10)
    one = History.open(folder)
    alone = median_seconds(lambda: one.read(5000), 50)
    master = median_seconds(one.write_master, 3)
    (folder / "index.sqlite").unlink()
    started = time.perf_counter()
    History.open(folder, "a").close()
    rebuilt = time.perf_counter() - started
    print(
        f"append: {early * 1e3:.1f} ms at cycle 10, {late * 1e3:.1f} ms at 10,000 (ratio {late / early:.2f}); "
        f"read one {alone * 1e3:.1f} ms (with opening {reading * 1e3:.1f} ms); open {opening * 1e3:.0f} ms "
        f"(ratio {opening / alone:.1f}), for writing {writing * 1e3:.0f} ms (ratio {writing / alone:.1f}); "
        f"overview {overview * 1e3:.0f} ms; master {master:.2f} s; index rebuilt in {rebuilt:.0f} s"
    )
    assert late <= APPEND_RATIO * early
    assert opening < OPEN_RATIO * alone
    assert writing < OPEN_RATIO * alone
