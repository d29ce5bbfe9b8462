"""Ten thousand cycles: nothing gets slower as a history grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from loop.history import History

CYCLES = 10_000
APPEND_RATIO, OPEN_RATIO = 1.5, 50


def measured(actions: Sequence[Callable[[], object]], repeats: int) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and processor seconds, (actions, repeats), of each action in turn.

    Ratios are those of processor seconds: neither a disk that others write to nor their programs make them.
    """
    taken = np.empty((2, len(actions), repeats))
    for repeat in range(repeats):
        for number, action in enumerate(actions):
            started = time.perf_counter(), time.process_time()
            action()
            taken[:, number, repeat] = time.perf_counter() - started[0], time.process_time() - started[1]
    return taken[0], taken[1]


def ratio(over: np.ndarray, under: np.ndarray) -> float:
    """The median of the ratios of actions that were done one after the other."""
    return float(np.median(over / under))


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
        appends, spent = measured([appending(young, record), appending(old, record)], 100)
    early, late = np.median(appends, axis=1)
    growth = ratio(spent[1], spent[0])
    one = History.open(long)
    reads, spent = measured(
        [
            lambda: History.open(long),
            lambda: History.open(long, "a").close(),
            lambda: History.open(long).read(5000),
            lambda: one.read(5000),
        ],
        20,
    )
    opening, writing, reading, alone = np.median(reads, axis=1)
    to_open, to_write = ratio(spent[0], spent[3]), ratio(spent[1], spent[3])
    overview, master = np.median(measured([one.overview], 10)[0]), np.median(measured([one.write_master], 3)[0])
    print(
        f"append: {early * 1e3:.1f} ms at cycle 10, {late * 1e3:.1f} ms at 10,000 "
        f"(of the processor {growth:.2f} times); read one {alone * 1e3:.1f} ms (with opening {reading * 1e3:.1f} ms); "
        f"open {opening * 1e3:.0f} ms ({to_open:.1f} times a read), for writing {writing * 1e3:.0f} ms "
        f"({to_write:.1f} times); overview {overview * 1e3:.0f} ms; master {master:.2f} s"
    )
    assert growth <= APPEND_RATIO
    assert to_open < OPEN_RATIO
    assert to_write < OPEN_RATIO
