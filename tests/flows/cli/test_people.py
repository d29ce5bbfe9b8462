"""``douka approvals``, ``approve``, ``reject``, ``enter``, and what ``status`` says of who is waited for."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.approval import Decisions
from loop.campaign import Campaign
from loop.history import History
from loop.records import Ruling, Status
from loop.session import Session
from loop.state import State, fold

Begin = Callable[[str], Path]
BY_HAND = """
title = "Iron and cobalt by hand"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 0.8] }
[targets.M]
source = "experiment"
unit = "A.m2/kg"
[objective]
target = "M"
[[instruments]]
name = "people"
adapter = "worksheet"
target = "M"
slots = 2
start = 2
options = { folder = "drop", quiet_seconds = 0 }
[stop]
experiments = 6
"""


@pytest.fixture
def begin(make_campaign: Callable[..., Path]) -> Begin:
    """The tiny campaign with an ``[approval]``, after one cycle."""

    def make(lines: str) -> Path:
        folder = make_campaign(("[stop]", f"[approval]\n{lines}\n\n[stop]"))
        _step(folder)
        return folder

    return make


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    """A campaign that has asked people for two samples."""
    folder = tmp_path / "hand"
    folder.mkdir()
    (folder / "campaign.toml").write_text(BY_HAND, encoding="utf-8")
    _step(folder)
    return folder


def _step(folder: Path) -> None:
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()


def _state(folder: Path) -> State:
    with History.open(folder / "history") as history:
        return fold(history.records())


def test_listed_approved_changed_and_rejected(begin: Begin, douka: Callable) -> None:
    folder = begin("cost_above = 0.05\ntimeout = '24h'\nwithout_answer = 'reject'")
    one, other, third, fourth = _state(folder).awaiting_approval
    shown = " ".join(douka("approvals", str(folder)).out.split())
    for words in (
        f"{one.id} waits for approval",
        one.label,
        "more than 0.05",
        "rejected without an answer by 20",
        "douka approve",
    ):
        assert words in shown
    found = json.loads(douka("approvals", str(folder), "--json").out)
    assert [each["id"] for each in found["waiting"]] == [one.id, other.id, third.id, fourth.id]
    assert found["waiting"][0]["point"] == {"a": one.x[0]}
    assert found["waiting"][0]["times_out"] > found["waiting"][0]["since"]

    assert douka("approve", str(folder), one.id, "--reason", "go on").code == 0
    free = next(x[0] for x in _state(folder).candidates["laboratory"].tolist() if tuple(x) not in {one.x, other.x})
    changed = douka("approve", str(folder), other.id, "--set", f"a={free}", "--by", "Anna")
    assert f"is changed to {Campaign.load(folder).space.label((free,))}, as Anna decided" in changed.out
    assert douka("reject", str(folder), third.id, "--reason", "no licence").code == 0
    given = [filed.decision for filed in Decisions(folder / "history").since(0)]
    assert [each.ruling for each in given] == [Ruling.APPROVED, Ruling.CHANGED, Ruling.REJECTED]
    assert [each.person for each in given] == [getpass.getuser(), "Anna", getpass.getuser()]
    assert "the next cycle takes that in" in " ".join(douka("approvals", str(folder)).out.split())

    again = douka("approve", str(folder), third.id)
    assert again.code == 2
    assert f"{third.id} is decided already: rejected by {getpass.getuser()}: no licence" in again.err
    assert douka("approve", str(folder), "--all").out.count("is approved") == 1, "what is left"
    _step(folder)
    state = _state(folder)
    assert state.requests[one.id].status is Status.SEALED
    assert state.requests[f"{other.id}-changed"].x == (free,)
    assert state.requests[third.id].status is Status.REJECTED
    assert state.requests[fourth.id].status is Status.SEALED
    assert douka("replay", str(folder / "history")).code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("approve", "{}", "000000-lab"), "2 requests that wait have an id that begins with '000000-lab'"),
        (("approve", "{}", "000000-laboratory-0", "--set", "b=1"), "expected NAME=VALUE, with a name among a"),
        (("approve", "{}", "000000-laboratory-0", "--set", "a=much"), "found 'much', expected a number"),
        (("approve", "{}", "000000-laboratory-0", "--set", "a=3"), "a = 3, expected 0 to 1"),
        (("approve", "{}"), "ID, or douka approve"),
        (("approve", "{}", "--all", "--set", "a=1"), "--set belongs to one request"),
        (("reject", "{}", "000000-laboratory-0", "--reason", " "), "a rejection needs a reason"),
        (("reject", "{}", "000000-cluster-0", "--reason", "x"), "does not wait for approval: it is approved already"),
    ],
)
def test_what_cannot_be_decided_is_said(begin: Begin, douka: Callable, words: tuple[str, ...], expected: str) -> None:
    folder = begin("experiments = true")
    ended = douka(*(word.format(folder) for word in words))
    assert ended.code == 2
    assert expected in " ".join(ended.err.replace("│", " ").split())
    assert not (folder / "history/decisions").exists()


def test_a_decision_that_does_not_hold_is_shown(begin: Begin, douka: Callable) -> None:
    from loop.records import Decision

    folder = begin("experiments = true")
    Decisions(folder / "history").give(Decision(request_id="x", ruling=Ruling.APPROVED, person="Eve"), "noon")
    for _ in range(2):
        shown = " ".join(douka("approvals", str(folder)).out.split())
        assert "Decisions that do not hold" in shown
        assert "there is no request 'x'" in shown
        _step(folder)


def test_nothing_waits(begin: Begin, douka: Callable) -> None:
    folder = begin("")
    assert "nothing waits for approval" in douka("approvals", str(folder)).out
    assert "nothing of tiny waits" in douka("approve", str(folder), "--all").out


def test_what_never_ran_asks_nobody(make_campaign: Callable[..., Path], douka: Callable) -> None:
    folder = make_campaign()
    for words in (("approvals", str(folder)), ("approve", str(folder), "--all"), ("reject", str(folder), "x")):
        ended = douka(*words, *(["--reason", "r"] if words[0] == "reject" else []))
        assert ended.code == 2
        assert "has not run yet" in ended.err


def test_status_says_what_waits_for_approval(begin: Begin, douka: Callable) -> None:
    folder = begin("experiments = true")
    assert "waits for approval: douka approvals" in " ".join(douka("status", str(folder)).out.split())
    found = json.loads(douka("status", str(folder), "--json").out)
    assert found["waiting"] == dict.fromkeys(
        ("000000-laboratory-0", "000000-laboratory-1"), f"waits for approval: douka approvals {folder}"
    )
    assert found["requests"]["awaiting approval"] == 2


def test_status_says_why_a_row_of_a_worksheet_waits(by_hand: Path, douka: Callable) -> None:
    one, other = _state(by_hand).open_requests
    waiting = json.loads(douka("status", str(by_hand), "--json").out)["waiting"]
    assert waiting == dict.fromkeys((one.id, other.id), "waiting for a filled worksheet or a measurement file")
    rows = f"request,value,unit,measured by,measured on\n{one.id},190,T,Anna,2026-11-20\n"
    rows += f"{other.id},190,A.m2/kg,Anna,2026-11-20\n"
    (by_hand / "drop/a.csv").write_text(rows, encoding="utf-8")
    waiting = json.loads(douka("status", str(by_hand), "--json").out)["waiting"]
    assert waiting[one.id].startswith("waiting: a.csv, line 2: ")
    assert waiting[other.id] == "answered; the next cycle takes that in"
    assert "a.csv, line 2" in " ".join(douka("status", str(by_hand)).out.split())
    assert not (by_hand / "history/adapters/people/answers").exists(), "who looks takes nothing in"


def test_what_waits_for_approval_is_not_asked_of_people(tmp_path: Path, douka: Callable) -> None:
    folder = tmp_path / "hand"
    folder.mkdir()
    (folder / "campaign.toml").write_text(BY_HAND + "[approval]\nexperiments = true\n", encoding="utf-8")
    _step(folder)
    one, other = _state(folder).awaiting_approval
    assert "asks nothing of people now" in douka("worksheet", str(folder), "--out", str(tmp_path / "w.csv")).err
    assert "waiting for people: none" in douka("enter", str(folder), one.id, "--value", "190").err
    douka("approve", str(folder), one.id)
    _step(folder)
    douka("worksheet", str(folder), "--out", str(tmp_path / "w.csv"))
    sheet = (tmp_path / "w.csv").read_text(encoding="utf-8-sig")
    assert one.id in sheet
    assert other.id not in sheet


def test_a_value_is_entered_and_learned_from(by_hand: Path, douka: Callable) -> None:
    one, other = _state(by_hand).open_requests
    said = douka(
        "enter", str(by_hand), one.id, "--value", "190 emu/g", "--sd", "2", "--by", "Anna", "--on", "2026-11-20",
        "--sample", "FC-1", "--share", "Fe=50", "--share", "Co=50", "--share-sd", "0.5", "--share-by", "EDX",
    )  # fmt: skip
    assert said.code == 0, said
    assert "learned 1 values" in said.out
    (found,) = _state(by_hand).observations
    assert (found.request_id, found.value, found.uncertainty) == (one.id, pytest.approx(190), pytest.approx(2))
    assert found.x == pytest.approx((0.5,), abs=0.01)
    assert found.requested_x == one.x
    assert (found.provenance.person, found.provenance.file) == ("Anna", "entered by hand")
    assert (found.sample.laboratory_id, found.sample.composition_method) == ("FC-1", "EDX")
    assert douka("enter", str(by_hand), other.id, "--failed", "the crucible broke").code == 0
    assert _state(by_hand).requests[other.id].status is Status.FAILED
    assert "requests to people begin so" in douka("enter", str(by_hand), "nobody", "--value", "1").err


def test_what_was_entered_wrongly_is_retracted_and_entered_again(by_hand: Path, douka: Callable) -> None:
    one, other = _state(by_hand).open_requests
    words = ("--by", "Anna", "--on", "2026-11-20")
    assert douka("enter", str(by_hand), one.id, "--value", "19 emu/g", *words).code == 0
    refused = douka("enter", str(by_hand), one.id, "--value", "190 emu/g", *words)
    assert refused.code == 2
    (wrong,) = _state(by_hand).observations
    assert f"douka retract {by_hand} {wrong.id[:8]}" in " ".join(refused.err.split())
    history = str(by_hand / "history")
    assert douka("retract", history, wrong.id[:8], "--reason", "a digit was lost").code == 0
    again = douka("enter", str(by_hand), one.id, "--value", "190 emu/g", *words)
    assert again.code == 0, again
    assert "a further value at its point" in again.out
    (right,) = _state(by_hand).observations
    assert (right.value, right.x, right.request_id) == (pytest.approx(190), one.x, None)
    assert one.id in right.provenance.note
    assert douka("enter", str(by_hand), other.id, "--failed", "broke", *words).code == 0
    assert "expected a value" in douka("enter", str(by_hand), other.id, "--failed", "broke", *words).err
    assert douka("enter", str(by_hand), other.id, "--value", "200 emu/g", *words).code == 0
    assert sorted(each.value for each in _state(by_hand).observations) == pytest.approx([190, 200])
    assert _state(by_hand).requests[other.id].status is Status.FAILED


def test_what_is_entered_while_no_cycle_can_be_done_is_kept(by_hand: Path, douka: Callable) -> None:
    one, _ = _state(by_hand).open_requests
    file = by_hand / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("bounds = [0, 0.8]", "bounds = [0, 0.9]"), encoding="utf-8")
    ended = douka("enter", str(by_hand), one.id, "--value", "190 emu/g", "--by", "Anna", "--on", "2026-11-20")
    assert ended.code == 0, ended
    assert "kept; there is no cycle now" in " ".join(ended.out.split())
    assert "changed since the history began" in " ".join(ended.out.split())
    file.write_text(text, encoding="utf-8")
    _step(by_hand)
    assert [each.request_id for each in _state(by_hand).observations] == [one.id]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "nothing is entered: expected a value, or why there is none"),
        (("--value", "190 T"), "the volume of a formula unit is missing"),
        (("--value", "190 furlong"), "expected A.m2/kg"),
        (("--value", "much"), "expected a number"),
        (("--value", "-5"), "below zero"),
        (("--value", "190", "--sd", "0"), "expected a positive standard uncertainty"),
        (("--value", "190", "--on", "2126-01-01"), "not in the past"),
        (("--value", "190", "--failed", "broke"), "leave one out"),
        (("--value", "190", "--share", "Fe"), "expected ELEMENT=PERCENT"),
        (("--value", "190", "--share", "Fe=50", "--share-sd", "1"), "expected EDX, ICP or the like"),
    ],
)
def test_what_is_not_plausible_is_refused(
    by_hand: Path, douka: Callable, options: tuple[str, ...], expected: str
) -> None:
    ended = douka("enter", str(by_hand), "000000-people-0", *options)
    assert ended.code == 2, ended
    assert expected in ended.err
    assert not (by_hand / "history/adapters/people/answers").exists()


def test_words_of_what_waits_and_of_what_is_decided(begin: Begin, douka: Callable) -> None:
    folder = begin("experiments = true")
    one, other = _state(folder).awaiting_approval
    shown = douka("approvals", str(folder)).out
    for words in ("waits because ", "chosen because ", "since "):
        assert f"\n{words}" in shown
    douka("approve", str(folder), one.id)
    assert f"douka approve {folder} {other.id}" in douka("approvals", str(folder)).out
    douka("approve", str(folder), other.id)
    shown = douka("approvals", str(folder)).out
    assert "all are decided; the next cycle takes that in" in shown
    assert "douka approve" not in shown


def test_a_worksheet_of_what_waits_for_approval(tmp_path: Path, douka: Callable) -> None:
    (tmp_path / "campaign.toml").write_text(f"{BY_HAND}\n[approval]\nexperiments = true\n", encoding="utf-8")
    assert "--once makes the next requests" in douka("worksheet", str(tmp_path)).err
    _step(tmp_path)
    refused = douka("worksheet", str(tmp_path))
    assert refused.code == 2
    assert f"wait for approval: 2, see douka approvals {tmp_path}" in refused.err
    assert "--once" not in refused.err


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "[approval]\ntimeout = '24h'\nwithout_answer = 'reject'",
            "approval.timeout is given, and no request would wait",
        ),
        ("[approval]\nremind_after = '4h'", "approval.remind_after is given, and no request would wait"),
        (
            "[approval]\nexperiments = true\ntimeout = '4h'\nwithout_answer = 'reject'\nremind_after = '24h'",
            "approval.remind_after = '24h' with approval.timeout = '4h': nobody would be reminded",
        ),
        ("[notify]\non = []", "notify.on is empty"),
    ],
)
def test_what_would_have_no_effect_is_refused(
    make_campaign: Callable[..., Path], douka: Callable, lines: str, expected: str
) -> None:
    refused = douka("propose", str(make_campaign(("[stop]", f"{lines}\n\n[stop]"))))
    assert refused.code == 2
    assert expected in refused.err
