"""Values that come in at once judge each other: in an import always, in a cycle where the campaign says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.history import History
from loop.importing import Imported, import_results
from loop.joint_check import disagreeing
from loop.readings import likely_mistakes
from loop.records import Provenance, Result
from loop.replay import replay
from loop.state import State

MakeCampaign = Callable[..., Path]
WRONG = 7


def _value(target: str, k: int) -> Result:
    a = k / 15
    true = 2.2 + a - 1.5 * a**2 if target == "calculated" else 2.1 + 0.9 * a - 1.4 * a**2 + (-0.03, 0.04)[k % 2]
    value = 10 * true if target == "measured" and k == WRONG else true
    return Result(
        request_id=None, target=target, x=(a,), value=value, unit="muB/f.u.", uncertainty=None, label=f"a = {a:.2f}",
        provenance=Provenance(key=f"{target[0]}{k}", adapter="laboratory", file="past.csv", locator=f"line {k + 2}"),
    )  # fmt: skip


def _news(order: int = 1) -> list[Result]:
    return [_value(target, k) for target in ("calculated", "measured") for k in range(16)][::order]


@pytest.fixture
def careful(make_campaign: MakeCampaign) -> Campaign:
    return Campaign.load(make_campaign(("[stop]", "[admit]\ntogether = true\n\n[stop]")))


@pytest.fixture
def imported(tiny: Campaign, tmp_path: Path) -> Imported:
    return import_results(tiny, [_news()], tmp_path / "past", "a test")


def test_a_wrong_value_of_the_first_batch_is_put_aside(careful: Campaign) -> None:
    record = Cycle(careful, {})(State(), _news())
    (item,) = record.quarantined
    assert item.id == f"m{WRONG}"
    assert item.z_score is not None
    assert item.z_score > 5
    assert "from what the others foretell" in item.reason
    assert len(record.observations) == 31


def test_not_where_the_campaign_does_not_say_so(tiny: Campaign) -> None:
    assert not Cycle(tiny, {})(State(), _news()).quarantined


def test_the_order_of_the_news_does_not_matter(careful: Campaign) -> None:
    one, other = (Cycle(careful, {})(State(), _news(order)) for order in (1, -1))
    assert one.quarantined == other.quarantined


def test_an_import_is_checked_and_replays(imported: Imported) -> None:
    assert [item.id for item in imported.put_aside] == [f"m{WRONG}"]
    with History.open(imported.path) as history:
        assert [cycle.number for cycle in replay(history) if cycle.differences] == []


def test_the_likely_mistake_is_guessed_from_what_is_known(tiny: Campaign, imported: Imported) -> None:
    (guess,) = likely_mistakes(tiny, imported.state).values()
    assert guess.kind == "decimal point"
    assert not likely_mistakes(tiny, State())


def test_few_values_do_not_outvote_each_other(tiny: Campaign, imported: Imported) -> None:
    measured = [item for item in imported.state.observations if item.target == "measured"]
    assert disagreeing(tiny, (), measured[:6]) == {}
    assert disagreeing(tiny, (), measured[:1]) == {}
