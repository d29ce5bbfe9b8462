"""A thousand cycles: the page answers within a second, whatever cycle is asked for."""

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loop.campaign import Campaign
from loop.chronicle import Chronicle
from loop.history import History
from loop.records import CycleRecord, Status, StatusChange
from loop.session import Session

CYCLES = 1000
ANSWER_SECONDS = 1.0
"""Of processor time: what other programs of the machine take does not count."""


def follower(last: CycleRecord, number: int) -> CycleRecord:
    """A cycle like the last one of a campaign: two answers, two new requests, the same statistics and mixture."""
    seen = last.observations[0]
    request = replace(last.requests[0], cycle=number)
    observations = [
        replace(
            seen, id=f"value-{number}-{k}", request_id=f"{number - 1}-x-{k}", value=seen.value + 0.01 * (number % 7)
        )
        for k in range(2)
    ]
    return replace(
        last,
        number=number,
        observations=tuple(observations),
        requests=tuple(replace(request, id=f"{number}-x-{k}") for k in range(2)),
        changes=tuple(StatusChange(request_id=each.id, status=Status.DONE) for each in last.requests),
    )


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Path:
    folder = write_tiny(tmp_path_factory.mktemp("long") / "tiny")
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.state.values_of("measured") or session.state.next_cycle < 4:
            session.step()
    with History.open(folder / "history", "a") as history, pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        last = history.read(-1)
        assert last.observations
        assert last.requests
        for number in range(history.next_number, CYCLES):
            last = follower(last, number)
            history.append(last)
    return folder / "history"


def seconds(action: Callable[[], Any]) -> float:
    """Of the processor; garbage of what came before is collected before."""
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        action()
        return time.process_time() - started
    finally:
        gc.enable()


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(900)
def test_a_thousand_cycles(long: Path, client_of: Callable[[Path], Any]) -> None:
    client = client_of(long)
    read = seconds(client.viewer.refresh)
    first = seconds(lambda: client.get("/"))
    taken = {
        "page": seconds(lambda: client.get("/")),
        "newest": seconds(lambda: client.get("/moment")),
        "cycle 777": seconds(lambda: client.get("/moment", params={"cycle": 777})),
        "cycle 777 again": seconds(lambda: client.get("/moment", params={"cycle": 777})),
        "model of cycle 777": seconds(lambda: client.get("/fitted", params={"cycle": 777})),
        "another curve": seconds(lambda: client.get("/fitted", params={"cycle": 777, "target": "calculated"})),
        "anything new": seconds(lambda: client.get("/latest")),
    }
    print(f"reading {CYCLES} cycles {read:.2f} s, the first page {first:.2f} s")
    print(", ".join(f"{what} {1e3 * each:.0f} ms" for what, each in taken.items()))
    assert client.get("/moment", params={"cycle": 777}).json()["cycle"] == 777
    assert client.get("/latest").json()["count"] == CYCLES
    assert max(taken.values()) < ANSWER_SECONDS
    fresh = Chronicle(long)
    fresh.refresh()
    assert seconds(lambda: fresh.state(CYCLES - 2)) < 0.2 * read, "a state costs as much as reading everything"
