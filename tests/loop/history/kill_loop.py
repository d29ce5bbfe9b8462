"""Kill a process that appends, again and again: `python kill_loop.py FOLDER KILLS SEED`.

Every child goes on from what the one before left. After each kill the history must hold all that was acknowledged, be
whole, and be free for the next writer; in the end its digest must be an undisturbed run's.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import h5py  # noqa: F401  # loaded here so that the children need not
import numpy as np

from loop.history import Header, History, compare
from loop.records import CycleRecord, Observation, Provenance

HEADER = Header(campaign="killed", campaign_text="", variables=("x",), targets={"M": "T"})


def record_of(number: int) -> CycleRecord:
    rng = np.random.default_rng(number)
    observation = Observation(
        id=str(number), target="M", x=(float(number),), value=float(rng.normal()), uncertainty=0.1, label="µ",
        request_id=None, requested_x=None, provenance=Provenance(key=str(number), adapter="a"),
    )  # fmt: skip
    arrays = {"statistics/G": rng.normal(size=(40, 40))}
    return CycleRecord(number=number, observations=(observation,), arrays=arrays, summary={"best": float(number)})


def write_for_ever(folder: Path, pipe: int) -> None:
    """What a child does until it is killed; every acknowledged number goes into the pipe."""
    exists = History.exists(folder)
    with History.open(folder, "a") if exists else History.create(folder, HEADER) as history:
        while True:
            record = record_of(history.next_number)
            history.append(record)
            os.write(pipe, f"{record.number}\n".encode())


def killed_after(folder: Path, seconds: float, *, working: bool) -> int:
    """Run a child for so long (from its first append on, if `working`), kill it, and give its last number, or -1."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    first = os.read(reading, 100) if working else b""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child failed by itself"
    with os.fdopen(reading, "rb") as pipe:
        numbers = (first + pipe.read()).split()
    return int(numbers[-1]) if numbers else -1


def check(folder: Path, acknowledged: int, checked: int) -> int:
    """Read what was appended since the last check; the number of the next cycle."""
    if not History.exists(folder):
        assert acknowledged < 0
        return 0
    history = History.open(folder)
    assert history.next_number in {acknowledged + 1, acknowledged + 2}, (history.next_number, acknowledged)
    for number in range(checked, history.next_number):
        assert compare(history.read(number), record_of(number)) == []
    assert history.overview().cycles == history.next_number
    return history.next_number


def main(folder: Path, kills: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    acknowledged, checked, orphans, empty = -1, 0, 0, 0
    for kill in range(kills):
        working = kill % 2 == 1
        last = killed_after(folder, float(rng.uniform(0.001, 0.05 if working else 0.2)), working=working)
        empty += last < 0
        acknowledged = max(acknowledged, last, checked - 1)
        orphans += len(list(folder.rglob("*.tmp")))
        checked = check(folder, acknowledged, checked)
    with History.open(folder, "a") as history:
        history.append(record_of(checked))
        assert history.verify().ok
        assert not list(folder.rglob("*.tmp"))
        digest = history.digest()
    with History.create(folder.with_name("undisturbed"), HEADER) as undisturbed:
        for number in range(checked + 1):
            undisturbed.append(record_of(number))
        assert undisturbed.digest() == digest
    print(f"{kills} kills, {checked + 1} cycles, {empty} before the first append, {orphans} orphans: nothing lost")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
