"""Two histories side by side."""

from collections.abc import Callable
from pathlib import Path

from loop.campaign import Campaign
from loop.differing import Differing, differing
from loop.history import History
from loop.session import Session


def between(one: Path, other: Path, rtol: float = 0.0) -> Differing:
    with History.open(one) as first, History.open(other) as second:
        return differing(first, second, rtol)


def test_equal_runs_are_equal(finished: Path, tiny: Campaign, finish: Callable, tmp_path: Path) -> None:
    finish(tiny, tmp_path / "again")
    found = between(finished, tmp_path / "again")
    assert found.is_equal
    assert found.digests[0] == found.digests[1]
    assert (found.cycle, found.quantities, found.keys) == (None, (), ())


def test_another_seed(finished: Path, make_campaign: Callable, finish: Callable, tmp_path: Path) -> None:
    finish(Campaign.load(make_campaign(("seed = 3", "seed = 4"))), tmp_path / "other")
    found = between(finished, tmp_path / "other")
    assert not found.is_equal
    assert [str(change) for change in found.keys] == ["seed: 3 → 4"]
    assert found.cycle == 0
    assert found.quantities[0].cycle == 0
    assert found.digests[0] != found.digests[1]


def test_one_goes_on_longer(finished: Path, tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "short") as session:
        session.step()
        session.step()
    found = between(finished, tmp_path / "short")
    assert not found.is_equal
    assert (found.common, found.cycle, found.only_second) == (2, None, ())
    assert found.only_first[0] == 2


def test_comments_do_not_count(finished: Path, make_campaign: Callable, finish: Callable, tmp_path: Path) -> None:
    finish(Campaign.load(make_campaign(("seed = 3", "seed = 3 # three"))), tmp_path / "other")
    found = between(finished, tmp_path / "other")
    assert found.is_equal
    assert found.text_differs
