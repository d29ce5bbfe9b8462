"""So many values put aside that it is no chance: when that is, what it costs in false alarms, the pause it gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.instruments.archive import Archive
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.control.suspicion import least_likely
from loop.facts import now
from loop.history import History
from loop.judged import judged_after
from loop.pause_table import PauseTable
from loop.records import CycleRecord, Observation, Provenance, Quarantined, Result
from loop.replay import replay
from loop.session import Session
from loop.state import fold
from loop.verdict import acceptance

MakeCampaign = Callable[..., Path]
BATCHES = st.lists(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=12)


def _tail(count: int, length: int, share: float) -> float:
    return sum(math.comb(length, k) * share**k * (1 - share) ** (length - k) for k in range(count, length + 1))


def _naive(batches: Sequence[tuple[int, int]], share: float, window: int) -> float:
    best, length, count = 1.0, 0, 0
    for number, (values, suspicious) in enumerate(reversed(batches)):
        length, count = length + values, count + suspicious
        if number == 0 or length <= window:
            best = min(best, _tail(count, length, share))
    return best


@given(BATCHES, st.floats(0.01, 0.9), st.integers(1, 40))
def test_the_least_tail_is_that_of_the_sum(batches: list[tuple[int, int]], share: float, window: int) -> None:
    tail, count, length = least_likely(batches, share, window)
    assert tail == pytest.approx(_naive(batches, share, window), rel=1e-9, abs=1e-300)
    assert count == 0 or tail == pytest.approx(_tail(count, length, share), rel=1e-9, abs=1e-300)


def _values_to_a_pause(rng: np.random.Generator, wrong: float, most: int = 3000) -> int:
    table, values = PauseTable(), list[tuple[int, int]]()
    for number in range(1, most + 1):
        values = [*values, (1, int(rng.random() < wrong))][-table.suspicious_window :]
        share, window = table.suspicious_share, table.suspicious_window
        if values[-1][1] and least_likely(values, share, window)[0] < table.suspicious_chance:
            return number
    return most


def test_the_defaults_see_a_broken_station_soon_and_rarely_cry_for_nothing() -> None:
    rng = np.random.default_rng(1)
    assert _values_to_a_pause(rng, 1.0) == 3
    assert np.mean([_values_to_a_pause(rng, 0.5) for _ in range(200)]) == pytest.approx(8.4, abs=2.0)
    assert np.mean([_values_to_a_pause(rng, 0.05) == 3000 for _ in range(20)]) > 0.2  # exp(-3000/5000) is 0.55
    assert all(_values_to_a_pause(rng, 0.01) == 3000 for _ in range(3))


def _observation(name: str) -> Observation:
    return Observation(
        id=name, target="t", x=(0.0,), value=1.0, uncertainty=None, label="", request_id=None, requested_x=None,
        provenance=Provenance(key=name, adapter="slot"),
    )  # fmt: skip


def _quarantined(name: str, z: float | None = 9.0) -> Quarantined:
    return Quarantined(
        id=name, target="t", x=(0.0,), value=1.0, unit="", label="", reason="", remedy="", z_score=z, request_id=None,
        provenance=Provenance(key=name, adapter="slot"),
    )  # fmt: skip


def test_what_is_accepted_is_suspicious_no_more_and_other_reasons_never_were() -> None:
    came = CycleRecord(
        number=0, observations=(_observation("a"),), quarantined=(_quarantined("b"), _quarantined("c", None))
    )
    (judged,) = judged_after({}, came)["slot"]
    assert (judged.believed, judged.suspicious) == (1, frozenset({"b"}))
    accepted = CycleRecord(number=1, observations=(_observation("b"),), summary={"refold": "acceptance"})
    (judged,) = judged_after({"slot": (judged,)}, accepted)["slot"]
    assert (judged.believed, judged.suspicious) == (2, frozenset())
    for refold in ("migration", "retraction", "rejection", "cancellation"):
        record = CycleRecord(number=2, observations=(_observation("x"),), summary={"refold": refold})
        assert judged_after({"slot": (judged,)}, record) == {"slot": (judged,)}


@pytest.fixture
def wrong_from_third(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laboratory that gives ten times the value, from its third answer on."""
    collect = Archive.collect

    def scaled(self: Archive) -> list[object]:
        items = [item for item in collect(self) if isinstance(item, Result)]
        return [replace(item, value=10 * item.value) if _turn(item) >= 3 else item for item in items]

    def _turn(item: Result) -> int:
        return int(str(item.request_id).split("-", 1)[0])

    monkeypatch.setattr(Archive, "collect", scaled)


@pytest.mark.usefixtures("wrong_from_third")
def test_a_broken_station_pauses_and_what_a_person_does_counts(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    edits = ("experiments = 5", "experiments = 14"), ("slots = 2\ncost = 1", "slots = 1\ncost = 1")
    campaign, path = Campaign.load(make_campaign(*edits)), tmp_path / "h"
    with Session(campaign, path) as session:
        while session.order is None:
            assert session.step() is not None
        order = session.order
        assert "3 of the last 3 values of slot 'laboratory' were put aside" in order.reason
        assert "douka quarantine" in order.remedy
        Orders(path).give(Order(kind=Kind.RESUME, person="Anna", time=now()))
        before = session.state
        while session.order is None and session.state.next_cycle < before.next_cycle + 2:
            session.step()
        assert session.order is None, "a person has seen those; it counts anew"
        doubted = session.state.quarantine[0]
        session.seal(acceptance(campaign, session.state, doubted.id, "it was right"))
        assert doubted.id not in {name for each in session.state.judged["laboratory"] for name in each.suspicious}
    with History.open(path) as history:
        assert fold(history.records()).judged == session.state.judged, "another process counts the same"


@pytest.mark.usefixtures("wrong_from_third")
def test_it_can_be_switched_off(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    never = "[pause]\nsuspicious_chance = 0\n\n[stop]"
    edits = (("[stop]", never), ("experiments = 5", "experiments = 8"))
    with Session(Campaign.load(make_campaign(*edits)), tmp_path / "h") as session:
        while not session.is_over:
            assert session.step() is not None
        assert sum(item.z_score is not None for item in session.state.quarantine) >= 3
    with History.open(tmp_path / "h") as history:
        assert all(not cycle.differences for cycle in replay(history))
