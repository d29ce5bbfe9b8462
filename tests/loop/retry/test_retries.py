"""When an adapter is asked again and when patience is over, against a naive account of the same events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.campaign import Campaign
from loop.errors import AdapterError, DataError, HistoryError, NotSentError, TransientError
from loop.retry import Act, Retries, Troubles, passes

RETRY = '[retry]\npatience = "5m"\nattempts = 4\nfirst = "10s"\nfactor = 3\nlongest = "1m"\n\n[stop]'


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Campaign:
    return Campaign.load(write_tiny(tmp_path_factory.mktemp("retry") / "tiny", ("[stop]", RETRY)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 100), st.booleans(), st.booleans()), max_size=25))
def test_held_borne_and_over_as_a_naive_account_has_it(
    campaign: Campaign, events: list[tuple[int, bool, bool]]
) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    moment = start

    def clock() -> str:
        return moment.isoformat()

    with TemporaryDirectory() as folder:
        retries = Retries(campaign, Path(folder), clock)
        failed: list[datetime] = []
        is_over, asleep = False, timedelta(0)
        for seconds, fails, is_new in events:
            moment += timedelta(seconds=seconds)
            if is_new:  # another process
                retries = Retries(campaign, Path(folder), clock)
            retries.look()
            pause = min(10 * 3 ** (len(failed) - 1), 60) if failed else 0
            assert retries.is_held("cluster", Act.COLLECT) == (bool(failed) and moment < failed[-1] + pause * SECOND)
            if retries.is_held("cluster", Act.COLLECT):
                continue
            if not fails:
                retries.ends("cluster", Act.COLLECT)
                failed, is_over, asleep = [], False, timedelta(0)
                assert Troubles(Path(folder)).all() == []
                continue
            if failed and (idle := moment - failed[-1] - pause * SECOND) > 75 * SECOND:  # 300 s in four attempts
                asleep += idle
            failed.append(moment)
            is_over = is_over or (len(failed) >= 4 and moment - failed[0] - asleep >= 300 * SECOND)
            assert retries.bears("cluster", Act.COLLECT, TransientError("away")) is not is_over
            (kept,) = Troubles(Path(folder)).all()
            assert (kept.attempts, kept.is_over) == (len(failed), is_over)
            assert datetime.fromisoformat(kept.since) == failed[0]
            assert not retries.is_held("cluster", Act.SUBMIT)
            assert not retries.is_held("laboratory", Act.COLLECT)


SECOND = timedelta(seconds=1)


def test_a_clock_that_is_set_back_does_not_hold_a_slot_for_longer_than_the_longest_pause(
    campaign: Campaign, tmp_path: Path
) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    retries = Retries(campaign, tmp_path, lambda: moment.isoformat())
    assert retries.bears("cluster", Act.COLLECT, OSError("away"))
    assert retries.is_held("cluster", Act.COLLECT)
    moment -= timedelta(hours=6)
    retries.look()
    assert not retries.is_held("cluster", Act.COLLECT)
    assert retries.bears("cluster", Act.COLLECT, OSError("away"))
    assert retries.troubles[0].since == moment.isoformat()


def test_what_is_kept_but_cannot_be_read_begins_anew(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "troubles").mkdir()
    (tmp_path / "troubles" / "cluster.collect.json").write_text('{"slot": "clus')
    assert Retries(campaign, tmp_path, lambda: "2026-03-01T00:00:00+00:00").troubles == []


def test_a_slot_that_is_gone_takes_its_trouble_along(
    campaign: Campaign, make_campaign: Callable[..., Path], tmp_path: Path
) -> None:
    def clock() -> str:
        return "2026-03-01T00:00:00+00:00"

    Retries(campaign, tmp_path, clock).bears("cluster", Act.COLLECT, OSError("away"))
    renamed = Campaign.load(make_campaign(('name = "cluster"', 'name = "other"')))
    assert Retries(renamed, tmp_path, clock).troubles == []
    assert Troubles(tmp_path).all() == []


def test_where_nothing_can_be_written_this_process_knows(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "troubles").write_text("in the way")
    retries = Retries(campaign, tmp_path, lambda: "2026-03-01T00:00:00+00:00")
    assert retries.bears("cluster", Act.COLLECT, OSError("no space"))
    assert retries.is_held("cluster", Act.COLLECT)
    retries.ends("cluster", Act.COLLECT)
    assert retries.troubles == []


def test_which_errors_pass() -> None:
    told = [TransientError("away"), NotSentError("away"), HistoryError("no space")]
    system = [ConnectionRefusedError(), TimeoutError(), FileNotFoundError(), TimeoutExpired("squeue", 60)]
    assert all(passes(error) for error in [*told, *system])
    final = [AdapterError("no licence"), DataError("no number"), ValueError("x"), KeyError("x"), RuntimeError("x")]
    assert not any(passes(error) for error in final)


def test_a_weekend_asleep_uses_up_no_patience(campaign: Campaign, tmp_path: Path) -> None:
    moment = datetime(2026, 3, 6, 17, tzinfo=UTC)
    retries = Retries(campaign, tmp_path, lambda: moment.isoformat())
    for _ in range(3):
        assert retries.bears("cluster", Act.COLLECT, TransientError("away"))
        moment += timedelta(seconds=60)
    moment += timedelta(hours=62)
    for _ in range(2):
        assert retries.bears("cluster", Act.COLLECT, TransientError("away")), "five attempts, and seconds of patience"
        moment += timedelta(seconds=60)
