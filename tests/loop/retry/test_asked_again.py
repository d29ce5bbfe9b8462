"""A campaign whose cluster does not answer for a while: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.errors import NotSentError, TransientError
from loop.history import History
from loop.records import CycleRecord, Request, Status
from loop.replay import replay
from loop.retry import Act, Troubles
from loop.session import Session
from loop.state import State, fold

MakeCampaign = Callable[..., Path]
Cycle = Callable[[Campaign, Path], bool]

ALL_AT_ONCE = (
    ("slots = 2\nstart = 4\ncost = 0.1", "slots = 12\nstart = 12\ncost = 0.1"),
    ("start = 2\nslots = 2", "start = 8\nslots = 8"),
    ("experiments = 5", "experiments = 8"),
)
"""Every point is asked for in the first cycle, so that what is learned does not depend on when it comes."""


@pytest.fixture
def at_once(make_campaign: MakeCampaign) -> Campaign:
    return Campaign.load(make_campaign(*ALL_AT_ONCE))


PASSING: list[Callable[[], Exception]] = [
    lambda: TransientError("squeue does not answer"),
    lambda: ConnectionRefusedError(111, "Connection refused"),
    lambda: TimeoutExpired("squeue", 60),
    lambda: OSError(5, "Input/output error"),
]


class Killed(BaseException):
    """What ends a process; no code of ours may swallow it."""


def _records(path: Path) -> list[CycleRecord]:
    with History.open(path) as history:
        assert all(not cycle.differences for cycle in replay(history))
        return list(history.records())


def _facts(state: State) -> set[tuple[str, float, str]]:
    return {(item.target, item.value, item.id) for item in state.observations}


def _check_once(records: list[CycleRecord], outside: Any) -> State:
    made = Counter(request.id for record in records for request in record.requests)
    ended = Counter(change.request_id for record in records for change in record.changes)
    assert set(made.values()) == {1}
    assert ended == made
    assert set(outside.acts.values()) == {1}
    state = fold(records)
    assert {request.status for request in state.requests.values()} == {Status.DONE}
    assert {request.id for request in state.requests.values() if request.adapter == "cluster"} == set(outside.acts)
    return state


def _goes_wrong(outside: Any, rng: np.random.Generator, times: int) -> None:
    """So often, now and then, something fails, on the way there or back; a process is killed in between."""
    left = [times]

    def trip(raise_: Callable[[], BaseException]) -> None:
        if left[0] and rng.random() < 0.6:
            left[0] -= 1
            raise raise_()

    def on_collect() -> None:
        trip([*PASSING, Killed][int(rng.integers(len(PASSING) + 1))])

    def before_sending(request: Request) -> None:
        trip([lambda: NotSentError(f"{request.id}: sbatch cannot reach its controller"), Killed][int(rng.integers(2))])

    outside.on_collect, outside.before_sending = on_collect, before_sending


@pytest.mark.parametrize(("seed", "edits"), [(0, ALL_AT_ONCE), (2, ())])
def test_what_passes_costs_no_request_and_acts_on_nothing_twice(
    make_campaign: MakeCampaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path, seed: int, edits: tuple
) -> None:
    campaign, path = Campaign.load(make_campaign(*edits)), tmp_path / "h"
    rng = np.random.default_rng(seed)
    _goes_wrong(outside, rng, 10)
    for _ in range(100):
        clock.passes(float(rng.uniform(1, 300)))
        try:
            if cycle(campaign, path):
                break
        except Killed:
            continue
    state = _check_once(_records(path), outside)
    assert Troubles(path).all() == []
    if edits:
        with Session(campaign, tmp_path / "undisturbed", clock=clock) as session:
            while not session.is_over:
                session.step()
            assert _facts(session.state) == _facts(state)


def test_within_the_pause_it_is_not_asked_and_the_others_are(
    at_once: Campaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    path, down = tmp_path / "h", [True]

    def refuse() -> None:
        if down[0]:
            raise TransientError("squeue does not answer")

    outside.on_collect = refuse
    cycle(at_once, path)
    clock.passes(60)
    cycle(at_once, path)
    assert {item.target for item in fold(_sealed(path)).observations} == {"measured"}, "the laboratory goes on"
    asked = len(outside.asked)
    for _ in range(4):
        clock.passes(1)
        cycle(at_once, path)
    assert len(outside.asked) == asked, "it is left alone"
    (trouble,) = Troubles(path).all()
    assert (trouble.slot, trouble.act, trouble.attempts) == ("cluster", Act.COLLECT, 2)
    with Session(at_once, path, clock=clock) as session:
        words = session.waiting_for()
        waits = [request.id for request in session.state.open_requests if request.adapter == "cluster"]
        assert len(waits) == 12
        assert all("does not answer (TransientError: squeue does not answer)" in words[name] for name in waits)
        assert [each.slot for each in session.troubles] == ["cluster"]
    down[0] = False
    clock.passes(60)
    assert cycle(at_once, path)
    _check_once(_records(path), outside)


def test_when_patience_is_over_requests_fail_once_with_the_whole_story(
    make_campaign: MakeCampaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    text = '[pause]\nfailures = 6\n\n[retry]\npatience = "1h"\n\n[stop]'
    campaign, path = Campaign.load(make_campaign(*ALL_AT_ONCE, ("[stop]", text))), tmp_path / "h"

    def refuse() -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    outside.on_collect = refuse
    for minutes in range(0, 66, 11):
        cycle(campaign, path)
        assert not _failed(path), f"after {minutes} minutes"
        clock.passes(660)
    cycle(campaign, path)
    assert len(_failed(path)) == 12
    changes = [change for record in _records(path) for change in record.changes]
    notes = [change.note for change in changes if change.status is Status.FAILED]
    assert all("adapter of slot 'cluster' failed: ConnectionResetError(104" in note for note in notes)
    story = (
        "it does not answer since 2026-03-01T00:00:00+00:00, asked 7 times, the last time at 2026-03-01T01:06:00+00:00"
    )
    assert all(story in note for note in notes)
    assert set(Counter(change.request_id for change in changes).values()) == {1}
    with Session(campaign, path, clock=clock) as session:
        assert session.order is not None
        assert "12 requests in a row failed at slot 'cluster'" in session.order.reason


def _sealed(path: Path) -> list[CycleRecord]:
    with History.open(path) as history:
        return list(history.records())


def _failed(path: Path) -> list[Request]:
    return [each for each in fold(_sealed(path)).requests.values() if each.status is Status.FAILED]


def test_what_cannot_be_sent_holds_up_what_comes_after_and_not_what_was_sent(
    at_once: Campaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    path, tried, closed = tmp_path / "h", list[str](), [True]

    def refuse(request: Request) -> None:
        if closed[0] and request.id != "000000-cluster-0":
            tried.append(request.id)
            raise NotSentError("the queue is closed")

    outside.before_sending = refuse
    cycle(at_once, path)
    first, second = "000000-cluster-0", "000000-cluster-1"
    assert (list(outside.acts), tried) == ([first], [second])
    for _ in range(3):
        clock.passes(1)
        cycle(at_once, path)
    assert len(tried) == 1, "it is too early to try again"
    requests = fold(_sealed(path)).requests
    assert requests[first].status is Status.DONE, "what was sent before is taken in"
    assert requests[second].status.is_open
    with Session(at_once, path, clock=clock) as session:
        assert "not sent yet: cluster takes no requests" in session.waiting_for()[second]
    closed[0] = False
    clock.passes(60)
    assert cycle(at_once, path)
    _check_once(_records(path), outside)
    assert Troubles(path).all() == []


def test_an_error_that_leaves_it_open_whether_it_was_sent_is_never_repeated(
    at_once: Campaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    tried: Counter[str] = Counter()

    def unclear(request: Request) -> None:
        tried[request.id] += 1
        raise TransientError("sbatch did not answer in time")

    path, outside.before_sending = tmp_path / "h", unclear
    cycle(at_once, path)
    assert {file.stem for file in (path / "refusals").iterdir()} == set(tried), "kept until the failure is sealed"
    clock.passes(600)
    cycle(at_once, path)
    assert {each.id for each in _failed(path)} == set(tried)
    assert set(tried.values()) == {1}
    assert list((path / "refusals").iterdir()) == []


def test_a_note_of_it_that_cannot_be_read_is_a_note_of_it(
    at_once: Campaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    tried: Counter[str] = Counter()

    def unclear(request: Request) -> None:
        tried[request.id] += 1
        raise TransientError("sbatch did not answer in time")

    path, outside.before_sending = tmp_path / "h", unclear
    cycle(at_once, path)
    for note in (path / "refusals").iterdir():
        note.write_bytes(b"")
    clock.passes(600)
    cycle(at_once, path)
    assert {each.id for each in _failed(path)} == set(tried)
    assert set(tried.values()) == {1}
    assert list((path / "refusals").iterdir()) == []


def test_what_was_handed_over_before_it_broke_is_kept(
    at_once: Campaign, cycle: Cycle, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.simulators.pool import Pool

    def stopping(self: Pool) -> Any:
        yield from [self._answer(request) for request in self._submitted.values()][:1]
        raise TransientError("the line went dead")

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "collect", stopping)
        cycle(at_once, tmp_path / "h")
        clock.passes(60)
        cycle(at_once, tmp_path / "h")
    with History.open(tmp_path / "h") as history:
        state = fold(history.records())
    assert [item.target for item in state.observations].count("calculated") == 1
    assert not _failed(tmp_path / "h")


def test_after_patience_is_over_a_request_that_goes_out_ends_it(
    make_campaign: MakeCampaign, cycle: Cycle, outside: Any, clock: Any, tmp_path: Path
) -> None:
    text = '[pause]\nfailures = 100\n\n[retry]\npatience = "1h"\n\n[stop]'
    campaign, path = Campaign.load(make_campaign(("[stop]", text))), tmp_path / "h"

    def refuse(_: Request) -> None:
        raise NotSentError("no licence")

    outside.before_sending = refuse
    for _ in range(8):
        cycle(campaign, path)
        clock.passes(660)
    assert _failed(path)
    (trouble,) = Troubles(path).all()
    assert trouble.is_over
    outside.before_sending = lambda _: None
    for _ in range(3):
        cycle(campaign, path)
        clock.passes(660)
    assert Troubles(path).all() == []


def test_a_pool_that_is_away_when_a_cycle_begins_holds_up_itself_only(
    make_campaign: MakeCampaign, cycle: Cycle, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.simulators.pool import Pool

    campaign, path = Campaign.load(make_campaign()), tmp_path / "h"

    def away(_: Pool) -> Any:
        raise TransientError("the provider does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "candidates", away)
        with pytest.raises(TransientError):
            cycle(campaign, path)
        assert not path.exists(), "nothing is written for a campaign that never could begin"
    cycle(campaign, path)
    with monkeypatch.context() as patch:
        patch.setattr(Pool, "candidates", away)
        clock.passes(60)
        cycle(campaign, path)
        assert len(_records(path)) == 2
        changed = Campaign.parse(campaign.text + "\n# changed\n", campaign.folder / "campaign.toml")
        with pytest.raises(TransientError):  # what it holds now has to be seen
            cycle(changed, path)
    while not cycle(campaign, path):
        clock.passes(60)
    assert not _failed(path)
    assert _records(path)[-1].summary["stopped"]
