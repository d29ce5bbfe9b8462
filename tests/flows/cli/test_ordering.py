"""``douka pause``, ``resume``, ``stop``, ``run --dry-run``: what they say and what they leave."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.history.lock import WriterLock
from loop.session import Session


@pytest.fixture
def begun(make_campaign: Callable[..., Path]) -> Path:
    """The tiny campaign after one cycle."""
    folder = make_campaign()
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    return folder


def _cycles(folder: Path) -> int:
    with History.open(folder / "history") as history:
        return history.next_number


def test_paused_shown_and_resumed(begun: Path, douka: Callable) -> None:
    said = douka("pause", str(begun), "--reason", "the furnace is mended")
    assert said.code == 0, said
    assert f"tiny is paused by {getpass.getuser()} at 20" in said.out
    assert f"To go on: douka resume {begun}" in said.out
    shown = douka("status", str(begun)).out
    assert "paused" in shown
    assert f"by {getpass.getuser()}" in shown
    assert "the furnace is mended" in shown
    order = json.loads(douka("status", str(begun), "--json").out)["order"]
    assert (order["kind"], order["reason"], order["person"]) == (
        "pause", "the furnace is mended", getpass.getuser(),
    )  # fmt: skip
    assert "it was paused by" in douka("resume", str(begun)).out
    assert json.loads(douka("status", str(begun), "--json").out)["order"] is None
    assert "nothing to resume" in douka("resume", str(begun)).out
    assert _cycles(begun) == 1


def test_stopped_it_is_not_started_again_before_it_is_resumed(begun: Path, douka: Callable) -> None:
    assert "then douka run" in douka("stop", str(begun)).out
    for command in ("run", "serve"):
        refused = douka(command, str(begun))
        assert refused.code == 2
        assert "tiny was stopped by" in refused.err
        assert "starting Prefect" not in refused.out
        assert "douka resume tiny" in refused.err
    assert "douka serve" in douka("resume", str(begun)).out
    assert _cycles(begun) == 1
    assert not (begun / ".prefect").exists(), "no server was started"


def test_stopped_at_once(begun: Path, douka: Callable) -> None:
    said = douka("stop", str(begun), "--now", "--reason", "smoke")
    assert said.code == 0, said
    assert "000000-laboratory-0: cancelled" in said.out
    status = json.loads(douka("status", str(begun), "--json").out)
    assert set(status["requests"]) == {"cancelled"}
    assert "smoke" in status["summary"]["reason"]
    assert douka("replay", str(begun / "history")).code == 0


def test_what_is_not_carried_out_yet_is_not_said_to_be(
    begun: Path, douka: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = WriterLock(begun / "history")
    with monkeypatch.context() as impatient:
        impatient.setattr("flows.cli.ordering.PATIENCE_SECONDS", 0.0)
        said = douka("stop", str(begun), "--now", "--reason", "smoke")
        shown = json.loads(douka("stop", str(begun), "--now", "--json").out)
    lock.release()
    assert said.code == 1
    assert "000000-laboratory-0: cancelled" in said.out, "the adapters are told"
    assert f"process {os.getpid()} on" in said.out
    assert "douka status" in said.out
    assert "nothing more is handed out" not in said.out
    assert not shown["settled"]
    assert douka("stop", str(begun), "--now").code == 0
    assert set(json.loads(douka("status", str(begun), "--json").out)["requests"]) == {"cancelled"}


def test_what_could_not_be_cancelled_is_no_success(begun: Path, douka: Callable) -> None:
    (begun / "measurements.csv").rename(begun / "away.csv")
    said = douka("stop", str(begun), "--now")
    assert said.code == 1
    assert "000000-laboratory-0: NOT CANCELLED, look at it" in said.out
    assert "000000-cluster-0: cancelled" in said.out


def test_a_pause_does_not_weaken_a_stop(begun: Path, douka: Callable) -> None:
    douka("stop", str(begun), "--reason", "first")
    assert "is stopped by" in douka("pause", str(begun), "--reason", "second").out
    assert "first" in douka("status", str(begun)).out


@pytest.mark.parametrize("command", ["pause", "resume", "stop"])
def test_what_never_ran_cannot_be_held(make_campaign: Callable[..., Path], douka: Callable, command: str) -> None:
    folder = make_campaign()
    ended = douka(command, str(folder))
    assert ended.code == 2
    assert "has not run yet" in ended.err
    assert not (folder / "history").exists()


def test_a_dry_run_shows_and_leaves_no_trace(make_campaign: Callable[..., Path], douka: Callable) -> None:
    folder = make_campaign()
    before = sorted(folder.rglob("*"))
    shown = douka("run", str(folder), "--dry-run")
    assert shown.code == 0, shown
    assert "000000-laboratory-0" in shown.out
    assert sorted(folder.rglob("*")) == before
    assert douka("run", str(folder), "--dry-run", "--once").code != 0


def test_a_dry_run_says_that_an_order_stands(begun: Path, douka: Callable) -> None:
    douka("pause", str(begun), "--reason", "holidays")
    shown = douka("run", str(begun), "--dry-run").out
    assert "nothing is asked now" in shown
    assert "holidays" in shown
    order = json.loads(douka("run", str(begun), "--dry-run", "--json").out)["order"]
    assert (order["kind"], order["reason"]) == ("pause", "holidays")
    assert _cycles(begun) == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("campaign.toml", "degree = 2", "degree = 1", "model.degree: 2 → 1"),
        ("calculations.csv", "0.0000,", "0.0001,", "the table of slot 'cluster' was edited"),
    ],
)
def test_a_dry_run_refuses_what_a_run_refuses(
    begun: Path, douka: Callable, file: str, old: str, new: str, words: str
) -> None:
    path = begun / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    for flags in ((), ("--dry-run",), ("--dry-run", "--json")):
        refused = douka("run", str(begun), *flags)
        assert refused.code == 2
        assert words in refused.err
        assert "--migrate" in refused.err
    assert _cycles(begun) == 1


def test_a_dry_run_says_what_is_to_be_approved_first(make_campaign: Callable[..., Path], douka: Callable) -> None:
    folder = make_campaign(("[stop]", "[approval]\nexperiments = true\n\n[stop]"))
    shown = douka("run", str(folder), "--dry-run").out
    assert (
        "000000-laboratory-0, 000000-laboratory-1: to be approved first (every experiment is to be approved)" in shown
    )
    asked = json.loads(douka("run", str(folder), "--dry-run", "--json").out)["requests"]
    assert {each["adapter"] for each in asked if each["approval"]} == {"laboratory"}
    why = douka("propose", str(folder), "--why", "000000-laboratory-0").out
    assert "to be approved first" in why
