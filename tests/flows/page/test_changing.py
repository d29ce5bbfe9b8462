"""Requests changed and answered in the page, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from adapters.worksheets import heading as h
from loop.approval import Decisions
from loop.campaign import Campaign
from loop.history import History
from loop.records import Request, Ruling, Status
from loop.session import Session
from loop.state import State, fold

ClientOf = Callable[[Path], Any]
OWN = {"Origin": "http://127.0.0.1:8737"}


def state_of(folder: Path) -> State:
    with History.open(folder / "history") as history:
        return fold(history.records())


def step(folder: Path) -> State:
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
        return session.state


def prefilled(html: str, form: str) -> dict[str, str]:
    """What a browser would send of a form that nobody touched."""
    (own,) = re.findall(rf'<form class="verdict" id="{re.escape(form)}".*?</form>', html, re.S)
    found = {unescape(name): "" for name in re.findall(r'<(?:input|select) [^>]*?name="(.*?)"', own)}
    found |= {
        unescape(a): unescape(b) for a, b in re.findall(r'<input [^>]*?name="([^"]*)"[^>]*? value="([^"]*)"', own)
    }
    chosen = r'<select [^>]*?name="([^"]*)"[^>]*>(?:(?!</select>).)*?<option value="([^"]*)" selected'
    return found | {unescape(a): unescape(b) for a, b in re.findall(chosen, own)}


@pytest.fixture
def waiting(hand: Path) -> Request:
    return state_of(hand).awaiting_approval[0]


@pytest.fixture
def open_(hand: Path) -> Request:
    return state_of(hand).under_way[0]


def test_the_form_of_a_point_is_prefilled_and_says_what_is_allowed(
    client_of: ClientOf, hand: Path, waiting: Request
) -> None:
    html = client_of(hand / "history").get("/").text
    space = Campaign.load(hand).space
    asked = {f"point.{each.name}": each.text(v) for each, v in zip(space.variables, waiting.x, strict=True)}
    found = prefilled(html, f"decide-{waiting.id}")
    assert found == {"token": "a-token", "request": waiting.id, "reason": "", **asked}
    for words in ("0 to 0.8<", "2 to 10, in steps of 2<", "cast", "annealed"):
        assert words in html
    fields = re.findall(r'<(?:input|select) id="([^"]*)"', html)
    labelled = re.findall(r'<label for="([^"]*)"', html)
    assert set(fields) <= {*labelled, "cycle"}
    described = re.findall(r'aria-describedby="([^"]*)"', html)
    assert described
    assert all(f'id="{each}"' in html for each in described)


def test_a_point_is_changed(client_of: ClientOf, hand: Path, waiting: Request) -> None:
    client = client_of(hand / "history")
    sent = prefilled(client.get("/").text, f"decide-{waiting.id}") | {"ruling": "changed"}
    other = next(each for each in ("0.25", "0.26") if each != sent["point.a"])
    for wrong, words in [
        ({}, "is the point asked for: approve it"),
        ({"point.a": "0,5"}, "a: found '0,5', expected a number such as"),
        ({"point.a": ""}, "a: found '', expected a number"),
        ({"point.a": "0.9"}, "a = 0.9, expected 0 to 0.8"),
        ({"point.hours": "5"}, "hours = 5, expected steps of 2 from 2"),
        ({"point.treatment": "hot"}, "treatment: found 'hot', expected one of cast, annealed"),
        ({"point.b": "1"}, "b: there is no such variable, expected one of a, hours, treatment"),
        ({"point.a": other, "ruling": "approved"}, f"a = {other} is filled in, and a = {sent['point.a']} was to be"),
        ({"point.a": other, "request": "nobody"}, "there is no request 'nobody'"),
    ]:
        answer = client.post("/decision", data=sent | wrong, headers=OWN)
        assert (answer.status_code, words in answer.text) == (409, True), answer.text
    assert not Decisions(hand / "history").since(2)
    good = sent | {"point.a": other, "point.hours": "8", "reason": "the furnace is hot"}
    for refused in ({"Origin": "http://example.org"}, {"Origin": "null"}):
        assert client.post("/decision", data=good, headers=refused).status_code == 403
    assert client.post("/decision", data=good | {"token": "another"}, headers=OWN).status_code == 403
    answer = client.post("/decision", data=good, headers=OWN)
    assert (answer.status_code, "the next cycle takes that in" in answer.text) == (200, True), answer.text
    (filed,) = Decisions(hand / "history").since(2)
    treatment = waiting.x[2]
    assert (filed.decision.ruling, filed.decision.x) == (Ruling.CHANGED, (float(other), 8.0, treatment))
    again = client.post("/decision", data=good, headers=OWN)
    assert (again.status_code, "is decided already" in again.text) == (409, True)
    changed = step(hand).requests[f"{waiting.id}-changed"]
    assert (changed.x, changed.status) == ((float(other), 8.0, treatment), Status.SEALED)


def test_a_value_that_was_not_touched_stays_to_the_last_digit(
    client_of: ClientOf, hand: Path, waiting: Request
) -> None:
    client = client_of(hand / "history")
    sent = prefilled(client.get("/").text, f"decide-{waiting.id}")
    other = {"cast": "annealed", "annealed": "cast"}[sent["point.treatment"]]
    changed = sent | {"ruling": "changed", "point.treatment": other}
    assert client.post("/decision", data=changed, headers=OWN).status_code == 200
    (filed,) = Decisions(hand / "history").since(2)
    assert filed.decision.x is not None
    assert filed.decision.x[:2] == waiting.x[:2]


def test_a_value_is_entered_once(client_of: ClientOf, hand: Path, open_: Request) -> None:
    client = client_of(hand / "history")
    sent = prefilled(client.get("/").text, f"enter-{open_.id}")
    assert {h.VALUE, h.UNIT, h.UNCERTAINTY, h.BY, h.ON, h.NOTE, h.FAILED, h.share_of("Fe"), h.SHARES_BY} <= set(sent)
    assert sent[h.UNIT] == "A.m2/kg"
    assert sent[h.BY]
    good = sent | {
        h.VALUE: "190", h.UNCERTAINTY: "2", h.BY: "Anna", h.ON: "2026-11-20", h.LABORATORY_SAMPLE: "FC-1",
        h.share_of("Fe"): "50", h.share_of("Co"): "50", h.SHARES_ERROR: "0.5", h.SHARES_BY: "EDX", h.NOTE: "warm",
    }  # fmt: skip
    for wrong, words in [
        ({h.VALUE: ""}, "nothing is entered: expected a value, or why there is none"),
        ({h.VALUE: "much"}, "'value' is 'much', expected a number"),
        ({h.VALUE: "-5"}, "below zero"),
        ({h.UNCERTAINTY: "0"}, "'uncertainty' is 0, expected a positive standard uncertainty"),
        ({h.UNIT: "furlong"}, "'unit' is 'furlong', expected A.m2/kg"),
        ({h.ON: "2126-01-01"}, "'measured on' is 2126-01-01, which is not in the past"),
        ({h.BY: ""}, "'measured by' is empty"),
        ({h.FAILED: "broke"}, "leave one out"),
        ({h.SHARES_BY: ""}, "expected EDX, ICP or the like"),
        ({"request": "nobody"}, "there is no request 'nobody'; waiting for people: "),
    ]:
        answer = client.post("/value", data=good | wrong, headers=OWN)
        assert (answer.status_code, words in answer.text) == (409, True), answer.text
    assert client.post("/value", data=good, headers={"Origin": "http://example.org"}).status_code == 403
    assert client.post("/value", data=good | {"token": ""}, headers=OWN).status_code == 403
    assert not list(hand.glob("history/adapters/people/answers/*"))
    before = client.get("/latest").json()["stamp"]
    first = client.post("/value", data=good, headers=OWN)
    assert (first.status_code, "is answered; the next cycle takes that in" in first.text) == (200, True), first.text
    assert client.get("/latest").json()["stamp"] != before
    again = client.post("/value", data=good, headers=OWN)
    assert (again.status_code, "was already entered, 190 A.m2/kg, by Anna" in again.text) == (200, True), again.text
    other = client.post("/value", data=good | {h.VALUE: "191"}, headers=OWN)
    assert (other.status_code, "was answered before, and otherwise" in other.text) == (409, True), other.text
    shown = client.get("/moment").json()["parts"]["entering"]
    assert "answered: 190 A.m2/kg, by Anna; the next cycle takes that in" in shown
    assert f"enter-{open_.id}" not in shown
    (found,) = step(hand).observations
    assert (found.request_id, found.value, found.uncertainty) == (open_.id, pytest.approx(190), pytest.approx(2))
    assert (found.x[0], found.requested_x) == (pytest.approx(0.5, abs=0.01), open_.x)
    assert (found.provenance.person, found.sample.laboratory_id) == ("Anna", "FC-1")
    late = client.post("/value", data=good, headers=OWN)
    assert (late.status_code, f"{open_.id} ({open_.label}) was already entered: it is done" in late.text) == (409, True)
    assert len(step(hand).observations) == 1


def test_of_answers_at_the_same_moment_one_is_kept(client_of: ClientOf, hand: Path, open_: Request) -> None:
    client = client_of(hand / "history")
    sent = prefilled(client.get("/").text, f"enter-{open_.id}") | {h.BY: "Anna", h.ON: "2026-11-20"}
    tries = [sent | {h.VALUE: str(190 + k)} for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        codes = [each.status_code for each in pool.map(lambda one: client.post("/value", data=one, headers=OWN), tries)]
    assert sorted(codes) == [200, *[409] * 7]
    (found,) = step(hand).observations
    assert found.value == 190 + codes.index(200)


def test_a_measurement_that_failed(client_of: ClientOf, hand: Path, open_: Request) -> None:
    client = client_of(hand / "history")
    sent = prefilled(client.get("/").text, f"enter-{open_.id}") | {h.FAILED: "the crucible broke"}
    assert client.post("/value", data=sent, headers=OWN).status_code == 200
    assert "answered: failed: the crucible broke" in client.get("/moment").json()["parts"]["entering"]
    assert step(hand).requests[open_.id].status is Status.FAILED


def test_what_is_not_asked_of_people_is_not_answered(client_of: ClientOf, hand: Path, waiting: Request) -> None:
    client = client_of(hand / "history")
    said = client.post("/value", data={"token": "a-token", "request": waiting.id, h.VALUE: "1"}, headers=OWN)
    assert (said.status_code, "is not asked of people: it is awaiting approval" in said.text) == (409, True), said.text


def test_an_earlier_cycle_has_no_forms(client_of: ClientOf, hand: Path, open_: Request, waiting: Request) -> None:
    parts = client_of(hand / "history").get("/moment", params={"cycle": 0}).json()["parts"]
    assert "<form" not in parts["approvals"] + parts["entering"]
    assert waiting.label.split("0")[0] in parts["approvals"]
    assert "No request waits for a person who measures" in parts["entering"]
    newest = client_of(hand / "history").get("/moment").json()["parts"]
    assert f"enter-{open_.id}" in newest["entering"]


def test_an_answer_that_cannot_be_read_is_said(client_of: ClientOf, hand: Path, open_: Request) -> None:
    spoilt = hand / f"history/adapters/people/answers/{open_.id}.answer.json"
    spoilt.parent.mkdir(parents=True)
    spoilt.write_text("{", encoding="utf-8")
    assert (
        f"answered, but {spoilt}: is damaged" in client_of(hand / "history").get("/moment").json()["parts"]["entering"]
    )
