"""`douka quarantine`: what was not believed, what is likely wrong with it, and a person's verdict."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.importing import import_results
from loop.records import Provenance, Result
from loop.session import Session
from loop.state import State, fold


@pytest.fixture
def past(make_campaign: Callable[..., Path], tmp_path: Path) -> Path:
    """A history with one value a thousand times too large."""

    def result(k: int) -> Result:
        a = k / 11
        value = (2.1 + 0.9 * a - 1.4 * a**2 + (-0.03, 0.04)[k % 2]) * (1000 if k == 4 else 1)
        return Result(
            request_id=None, target="measured", x=(a,), value=value, unit="muB/f.u.", uncertainty=None,
            label=f"a = {a:.2f}", provenance=Provenance(key=f"value{k:02d}", adapter="laboratory"),
        )  # fmt: skip

    import_results(Campaign.load(make_campaign()), [[result(k) for k in range(12)]], tmp_path / "past", "a test")
    return tmp_path / "past"


def _state(past: Path) -> State:
    with History.open(past) as history:
        return fold(history.records())


def test_the_likely_mistake_is_shown(past: Path, douka: Callable) -> None:
    (item,) = json.loads(douka("quarantine", str(past), "--json").out)
    assert item["id"] == "value04"
    assert item["z_score"] > 5
    assert item["likely"] == {"mistake": "decimal point", "words": item["likely"]["words"]}
    assert "decimal" in douka("quarantine", str(past)).out


def test_accepted(past: Path, douka: Callable) -> None:
    ended = douka("quarantine", str(past), "accept", "value04", "--reason", "it is a new phase")
    assert ended.code == 0, ended
    assert "accepted" in ended.out
    assert _state(past).observations[-1].id == "value04"
    assert "nothing is put aside" in douka("quarantine", str(past)).out
    with History.open(past) as history:
        record = history.read(1)
    assert record.summary["reason"] == "it is a new phase"
    assert record.facts["person"]
    assert record.facts["sealed"]
    assert douka("replay", str(past)).code == 0


def test_rejected(past: Path, douka: Callable) -> None:
    assert "rejected" in douka("quarantine", str(past), "reject", "value", "--reason", "typing mistake").out
    (item,) = json.loads(douka("quarantine", str(past), "--json").out)
    assert item["verdict"] == "rejected: typing mistake"
    assert "rejected:" in douka("quarantine", str(past)).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("accept", "value04"), "--reason"),
        (("reject", "--reason", "why"), "--reason"),
        (("accept", "zz", "--reason", "why"), "expected one"),
        (("believe", "value04", "--reason", "why"), "accept"),
    ],
)
def test_what_is_no_verdict(past: Path, douka: Callable, words: tuple[str, ...], message: str) -> None:
    ended = douka("quarantine", str(past), *words)
    assert ended.code == 2
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert len(_state(past).quarantine) == 1


def test_status_counts_what_is_so_now(past: Path, make_campaign: Callable[..., Path], douka: Callable) -> None:
    campaign = str(make_campaign())

    def counts() -> tuple[int, int]:
        found = json.loads(douka("status", campaign, "--history", str(past), "--json").out)
        state = _state(past)
        assert found["summary"]["observations"] == found["observations"] == len(state.observations)
        assert found["quarantined"] == len(state.quarantine)
        with History.open(past) as history:
            assert history.progress()["observations"][-1] == len(state.observations)
        return found["observations"], found["quarantined"]

    assert counts() == (11, 1)
    douka("quarantine", str(past), "reject", "value04", "--reason", "typing mistake")
    assert counts() == (11, 1)
    douka("quarantine", str(past), "accept", "value04", "--reason", "no, it is right")
    assert counts() == (12, 0)
    douka("retract", str(past), "value05", "--reason", "cracked")
    assert counts() == (11, 1)
    file = Path(campaign) / "campaign.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("degree = 2", "degree = 1"), encoding="utf-8")
    Session(Campaign.load(Path(campaign)), past, migrate=True).__exit__(None, None, None)
    assert counts() == (11, 1)


@pytest.mark.parametrize("is_running", [False, True])
def test_the_whole_id_of_what_was_judged(past: Path, douka: Callable, is_running: bool) -> None:
    with History.open(past, "a") if is_running else nullcontext():
        said = json.loads(douka("quarantine", str(past), "accept", "val", "--reason", "it is right", "--json").out)
    assert said["item"] == "value04"
    assert (said["cycle"] is None) == is_running
