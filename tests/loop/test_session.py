"""A campaign at work: crashes at every boundary, broken adapters, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.errors import AdapterError, CampaignError, DataError, HistoryLockedError, PluginError
from loop.history import History
from loop.records import CycleRecord, Request, Status
from loop.replay import replay
from loop.session import Session
from loop.state import fold

MakeCampaign = Callable[..., Path]
Finish = Callable[..., str]


class Crash(BaseException):
    """What ends a process; no code of ours may swallow it."""


class Bomb:
    """Raises at the k-th call of whatever it is wrapped around, before or after it does its work."""

    def __init__(self, at: int) -> None:
        self.left = at

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crash


def _before(function: Callable[..., Any], bomb: Bomb) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        bomb.tick()
        return function(*args, **options)

    return wrapped


def _after(function: Callable[..., Any], bomb: Bomb) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        found = function(*args, **options)
        bomb.tick()
        return found

    return wrapped


BOUNDARIES = [(Pool, "collect"), (Pool, "submit"), (History, "append")]


@pytest.mark.parametrize("wrap", [_before, _after])
@pytest.mark.parametrize(("owner", "method"), BOUNDARIES, ids=lambda each: getattr(each, "__name__", each))
def test_a_crash_at_any_boundary_changes_nothing(
    tiny: Campaign, finish: Finish, undisturbed: str, tmp_path: Path, owner: type, method: str, wrap: Any
) -> None:
    path = tmp_path / "crashed"
    crashes = 0
    for at in range(1, 40):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, method, wrap(getattr(owner, method), Bomb(at)))
            try:
                digest = finish(tiny, path)
            except Crash:
                crashes += 1
                continue
        break
    assert crashes >= 2
    assert digest == undisturbed
    _check_once(path)


def test_crashes_after_crashes_change_nothing(tiny: Campaign, finish: Finish, undisturbed: str, tmp_path: Path) -> None:
    """The process dies again and again, at a random boundary each time, and never lives long."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        with pytest.MonkeyPatch.context() as patch:
            bomb = Bomb(int(rng.integers(1, 12)))
            for owner, method in [*BOUNDARIES, (Session, "decide"), (Session, "seal"), (Session, "dispatch")]:
                wrap = _before if rng.random() < 0.5 else _after
                patch.setattr(owner, method, wrap(getattr(owner, method), bomb))
            try:
                digest = finish(tiny, tmp_path / "crashed")
            except Crash:
                continue
        break
    else:
        digest = finish(tiny, tmp_path / "crashed")
    assert digest == undisturbed
    _check_once(tmp_path / "crashed")


def _check_once(path: Path) -> None:
    """No request is made twice, every request has one outcome, and the history can be done again."""
    with History.open(path) as history:
        records = list(history.records())
        assert all(not cycle.differences for cycle in replay(history))
    made = Counter(request.id for record in records for request in record.requests)
    ended = Counter(change.request_id for record in records for change in record.changes)
    assert set(made.values()) == {1}
    assert ended == made


def test_a_finished_campaign_stays_finished(tiny: Campaign, finish: Finish, tmp_path: Path) -> None:
    digest = finish(tiny, tmp_path / "h")
    assert finish(tiny, tmp_path / "h") == digest
    with Session(tiny, tmp_path / "h") as session:
        assert session.is_over
        assert session.step() is None


def test_the_fold_of_the_history_is_the_running_state(tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "h") as session:
        while not session.is_over:
            session.step()
            with History.open(tmp_path / "h") as history:
                assert repr(fold(history.records())) == repr(session.state)


def test_two_sessions_at_once_are_refused(tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "h"), pytest.raises(HistoryLockedError, match="is being written by process"):
        Session(tiny, tmp_path / "h")
    Session(tiny, tmp_path / "h").history.close()


SERIOUS = [
    ("degree = 2", "degree = 1"), ("seed = 3", "seed = 4"), ("a = { bounds = [0, 1] }", "a = { bounds = [0, 2] }"),
    ('active = "order<=1"', 'active = "order<=0"'),
]  # fmt: skip


@pytest.mark.parametrize("edit", SERIOUS, ids=lambda edit: edit[1])
def test_a_changed_campaign_is_refused_and_nothing_is_written(
    make_campaign: MakeCampaign, tmp_path: Path, edit: tuple[str, str]
) -> None:
    path = tmp_path / "h"
    _begin(Campaign.load(make_campaign()), path)
    before = _content(path)
    with pytest.raises(CampaignError, match=r"campaign\.toml.*history"):
        Session(Campaign.load(make_campaign(edit)), path)
    assert _content(path) == before


def test_a_changed_table_is_refused_and_nothing_is_written(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    folder, path = make_campaign(), tmp_path / "h"
    _begin(Campaign.load(folder), path)
    before = _content(path)
    with (folder / "calculations.csv").open("a") as table:
        table.write("0.123,2.2,muB/f.u.\n")
    with pytest.raises(CampaignError, match="'cluster'"):
        Session(Campaign.load(folder), path)
    assert _content(path) == before


def test_a_refused_session_leaves_the_history_to_others(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    path = tmp_path / "h"
    _begin(Campaign.load(make_campaign()), path)
    with pytest.raises(CampaignError):
        Session(Campaign.load(make_campaign(SERIOUS[0])), path)
    _begin(Campaign.load(make_campaign()), path)


def _begin(campaign: Campaign, path: Path) -> None:
    with Session(campaign, path) as session:
        session.step()


def _content(path: Path) -> dict[str, bytes]:
    """Of everything sealed; the lock and the derived index may change."""
    return {str(file): file.read_bytes() for file in sorted(path.rglob("*.h5"))}


class SubmitRaises(Pool):
    def submit(self, request: Request) -> None:
        if request.id.endswith("-1"):
            raise OSError("queue is down")
        super().submit(request)


class SubmitRefuses(Pool):
    def submit(self, request: Request) -> None:
        if request.id.endswith("-1"):
            raise AdapterError(f"{request.id}: no licence")
        super().submit(request)


class CollectRaises(Pool):
    def collect(self) -> Iterable[Any]:
        raise RuntimeError("lost connection")


class CollectRefuses(Pool):
    def collect(self) -> Iterable[Any]:
        raise AdapterError("the cluster is closed")


class CollectStops(Pool):
    """Hands over one answer, then breaks."""

    def collect(self) -> Iterator[Any]:
        yield from list(super().collect())[:1]
        raise RuntimeError("lost connection")


class HandsOverRubbish(Pool):
    def collect(self) -> Iterable[Any]:
        return [{"value": 3}, None]


class NoNumbers(Pool):
    def collect(self) -> Iterable[Any]:
        from dataclasses import replace

        return [replace(item, value="about two") for item in super().collect()]  # type: ignore[arg-type]


class PollRaises(Pool):
    def poll(self) -> Mapping[str, str]:
        raise RuntimeError("lost connection")


BROKEN = [SubmitRaises, SubmitRefuses, CollectRaises, CollectRefuses, CollectStops, HandsOverRubbish, NoNumbers]


def _with_cluster(patch: pytest.MonkeyPatch, kind: type[Pool]) -> None:
    """Make the plug-in 'pool' another one."""
    _with_plugin(patch, "pool", kind)


def _with_plugin(patch: pytest.MonkeyPatch, name: str, kind: type[Pool]) -> None:
    from loop.plugins import Plugin

    load = Plugin.load
    patch.setattr(Plugin, "load", lambda self: kind if self.name == name else load(self))


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_adapter_fails_its_requests_and_the_campaign_goes_on(
    tiny: Campaign, finish: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Pool]
) -> None:
    _with_cluster(monkeypatch, kind)
    finish(tiny, tmp_path / "h")
    with History.open(tmp_path / "h") as history:
        records = list(history.records())
    _check_broken(records)
    _check_once(tmp_path / "h")


def _check_broken(records: list[CycleRecord]) -> None:
    requests = fold(records).requests.values()
    failed = [request for request in requests if request.status is Status.FAILED]
    assert failed
    assert {request.adapter for request in failed} == {"cluster"}
    assert {request.status for request in requests if request.adapter == "laboratory"} == {Status.DONE}
    notes = {change.note for record in records for change in record.changes if change.status is Status.FAILED}
    assert all("adapter of slot 'cluster' failed" in note for note in notes)


class SubmitDeclines(Pool):
    def submit(self, request: Request) -> None:
        raise DataError(f"{request.id}: hotter than the furnace goes")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (SubmitRaises, Status.UNKNOWN),
        (SubmitRefuses, Status.UNKNOWN),
        (CollectRaises, Status.UNKNOWN),
        (CollectStops, Status.UNKNOWN),
        (SubmitDeclines, Status.FAILED),
    ],
)
def test_what_an_instrument_may_have_begun_is_unknown_and_not_asked_again(
    make_campaign: MakeCampaign,
    finish: Finish,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Pool],
    status: Status,
) -> None:
    begun: Counter[tuple[float, ...]] = Counter()

    class Laboratory(kind):  # type: ignore[misc, valid-type]
        def submit(self, request: Request) -> None:
            begun[request.x] += 1
            super().submit(request)

    _with_plugin(monkeypatch, "archive", Laboratory)
    campaign = Campaign.load(make_campaign(("[policy]", "[policy]\nattempts = 2")))
    finish(campaign, tmp_path / "h")
    with History.open(tmp_path / "h") as history:
        requests = fold(history.records()).requests.values()
    ended = {each.status for each in requests if each.adapter == "laboratory"}
    assert status in ended
    assert ended <= {status, Status.DONE}
    assert {each.status for each in requests if each.adapter == "cluster"} == {Status.DONE}
    assert (max(begun.values()) == 1) is (status is Status.UNKNOWN), "a point that was declined is asked for again"


@pytest.mark.parametrize("kind", [SubmitRaises, CollectStops])
def test_a_broken_adapter_and_crashes_lose_nothing(
    tiny: Campaign, finish: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Pool]
) -> None:
    _with_cluster(monkeypatch, kind)
    for at in range(1, 8):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Session, "dispatch", _before(Session.dispatch, Bomb(at)))
            try:
                finish(tiny, tmp_path / "h")
            except Crash:
                continue
        break
    finish(tiny, tmp_path / "h")
    _check_once(tmp_path / "h")


def test_a_slot_that_breaks_with_nothing_to_do_is_shown_once(
    make_campaign: MakeCampaign, finish: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = Campaign.load(make_campaign(("cost = 0.1", "cost = 0.1\nasks = false")))
    _with_cluster(monkeypatch, CollectRaises)
    finish(campaign, tmp_path / "h")
    with History.open(tmp_path / "h") as history:
        quarantined = fold(history.records()).quarantine
    assert [(item.label, "lost connection" in item.reason) for item in quarantined] == [("cluster", True)]


def test_an_adapter_that_does_not_say_is_no_reason_to_stop(
    tiny: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_cluster(monkeypatch, PollRaises)
    with Session(tiny, tmp_path / "h") as session:
        session.step()
        words = session.waiting_for()
    assert words["000000-laboratory-0"] == "done"
    assert "does not say" in words["000000-cluster-0"]


def test_lists_arrays_and_numpy_numbers_become_plain_numbers(
    tiny: Campaign, finish: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    class Numpy(Pool):
        def collect(self) -> Iterable[Any]:
            changes = [{"x": np.array(item.x), "value": np.float64(item.value)} for item in super().collect()]
            return [replace(item, **change) for item, change in zip(super().collect(), changes, strict=True)]

    digest = finish(tiny, tmp_path / "plain")
    _with_cluster(monkeypatch, Numpy)
    assert finish(tiny, tmp_path / "numpy") == digest


def test_provenance_names_slot_and_package(finished: Path) -> None:
    with History.open(finished) as history:
        observations = fold(history.records()).observations
    assert {item.provenance.adapter for item in observations} == {"cluster", "laboratory"}
    assert {item.provenance.distribution for item in observations} == {"douka"}
    assert all(item.provenance.version for item in observations)


def test_an_adapter_that_fails_to_start_writes_nothing(
    tiny: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stillborn(Pool):
        def __init__(self, context: Any) -> None:
            raise RuntimeError(f"no device for {context.slot}")

    _with_cluster(monkeypatch, Stillborn)
    with pytest.raises(PluginError, match=r"slot 'cluster': adapter 'pool' failed to start.*no device"):
        Session(tiny, tmp_path / "h")
    assert not (tmp_path / "h").exists()


def test_adapters_forget_what_is_sealed(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    with Session(Campaign.load(make_campaign()), tmp_path / "history") as session:
        while not session.is_over:
            assert session.step() is not None
            still_open = {request.id for request in session.state.open_requests}
            assert {item.request_id for item in session.collect()} <= still_open
            assert set(session._adapters["cluster"].poll()) <= still_open
