"""A person's verdict on what was put aside is a record: it folds, it replays, and it needs a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loop.admission import admit
from loop.campaign import Campaign
from loop.errors import DataError
from loop.history import History
from loop.model import statistics_of
from loop.records import CycleRecord, Failure, Provenance, Quarantined, Result
from loop.replay import replay
from loop.session import Session
from loop.state import State, fold
from loop.verdict import acceptance, rejection


def _far(key: str, x: float = 0.3, value: float = 20.0) -> Result:
    provenance = Provenance(key=key, adapter="lab", laboratory="A")
    return Result(
        request_id=None, target="measured", x=(x,), value=value, unit="muB/f.u.", uncertainty=0.5, label="Fe0.7Co0.3",
        provenance=provenance,
    )  # fmt: skip


@pytest.fixture
def suspicious(tiny: Campaign, tmp_path: Path) -> Path:
    """A history whose last cycle put two values and a failure aside."""
    failure = Failure(
        request_id=None, target="measured", label="l", reason="broke", remedy="m",
        provenance=Provenance(key="ffff", adapter="lab"),
    )  # fmt: skip
    path = tmp_path / "history"
    with Session(tiny, path) as session:
        while session.state.next_cycle < 3:
            session.step()
        record = session.decide([_far("aaaa1"), _far("aaab2", 0.4), failure])
        assert record is not None
        session.seal(record)
    return path


def _state(path: Path) -> State:
    with History.open(path) as history:
        return fold(history.records())


def _sealed(path: Path, record: CycleRecord) -> State:
    with History.open(path, "a") as history:
        history.append(replace(record, facts={"person": "me"}))
        assert [cycle.number for cycle in replay(history) if cycle.differences] == []
        return fold(history.records())


def test_accepted(tiny: Campaign, suspicious: Path) -> None:
    before = _state(suspicious)
    assert [item.id for item in before.quarantine] == ["aaaa1", "aaab2", "ffff"]
    after = _sealed(suspicious, acceptance(tiny, before, "aaaa", "weighed it again"))
    assert [item.id for item in after.quarantine] == ["aaab2", "ffff"]
    accepted = after.observations[-1]
    assert (accepted.id, accepted.x, accepted.value, accepted.uncertainty) == ("aaaa1", (0.3,), 20.0, 0.5)
    assert accepted.provenance.laboratory == "A"
    assert after.statistics is not None
    anew = statistics_of(tiny, after.observations).to_arrays()
    assert all(np.array_equal(array, anew[name]) for name, array in after.statistics.to_arrays().items())


def test_rejected(tiny: Campaign, suspicious: Path) -> None:
    before = _state(suspicious)
    after = _sealed(suspicious, rejection(tiny, before, "aaab2", " the crucible cracked "))
    assert [item.id for item in after.quarantine] == ["aaaa1", "aaab2", "ffff"]
    assert [item.verdict for item in after.quarantine] == ["", "rejected: the crucible cracked", ""]
    assert after.observations == before.observations


def test_a_verdict_can_be_changed(tiny: Campaign, suspicious: Path) -> None:
    rejected = _sealed(suspicious, rejection(tiny, _state(suspicious), "aaaa1", "doubtful"))
    after = _sealed(suspicious, acceptance(tiny, rejected, "aaaa1", "it was right after all"))
    assert "aaaa1" in {item.id for item in after.observations}
    assert "aaaa1" not in {item.id for item in after.quarantine}


def test_the_campaign_goes_on_and_replays(tiny: Campaign, suspicious: Path) -> None:
    _sealed(suspicious, acceptance(tiny, _state(suspicious), "aaaa1", "right"))
    with Session(tiny, suspicious) as session:
        while not session.is_over:
            session.step()
    with History.open(suspicious) as history:
        assert [cycle.number for cycle in replay(history) if cycle.differences] == []


@pytest.mark.parametrize(
    ("wanted", "reason", "message"),
    [("", "why", "3 values"), ("aaa", "why", "2 values"), ("zz", "why", "0 values"), ("aaaa1", " ", "reason")],
)
@pytest.mark.parametrize("decide", [acceptance, rejection])
def test_what_cannot_be_judged(
    tiny: Campaign, suspicious: Path, decide: object, wanted: str, reason: str, message: str
) -> None:
    assert callable(decide)
    with pytest.raises(DataError, match=message):
        decide(tiny, _state(suspicious), wanted, reason)


def test_a_failure_has_no_value_to_accept(tiny: Campaign, suspicious: Path) -> None:
    with pytest.raises(DataError, match="no value that could be accepted: broke"):
        acceptance(tiny, _state(suspicious), "ffff", "why")


def test_what_is_no_value_of_the_campaign_cannot_be_accepted(tiny: Campaign) -> None:
    outside = admit(tiny, State(), None, [_far("oooo", x=1.5)]).quarantined
    assert len(outside) == 1
    with pytest.raises(DataError, match=r"cannot be accepted: a = 1.5"):
        acceptance(tiny, State(quarantine=outside), "oooo", "why")


def test_a_value_that_is_known_is_not_accepted_twice(tiny: Campaign, suspicious: Path) -> None:
    state = _state(suspicious)
    known = state.observations[0]
    twin = Quarantined(
        id=known.id, target=known.target, x=known.x, value=known.value, unit="muB/f.u.", label="", reason="known",
        remedy="", z_score=None, request_id=None, provenance=known.provenance,
    )  # fmt: skip
    with pytest.raises(DataError, match="learned from already"):
        acceptance(tiny, replace(state, quarantine=(twin,)), known.id, "why")
