"""Questions and their forms; no server is needed for that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.worksheets import heading as h
from flows.people.forms import columns_of, decision_of, form_of
from flows.people.keeping import asks_people
from flows.people.question import Kind, Question, questions_of
from loop.approval import decide
from loop.campaign import Campaign
from loop.errors import DataError
from loop.history import History
from loop.records import Decision, Ruling
from loop.session import Session
from loop.state import fold

BY_HAND = """
title = "Iron and cobalt by hand"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 0.8] }
treatment = { values = ["cast", "annealed"] }
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
cost = 3
[approval]
experiments = true
timeout = "2h"
without_answer = "reject"
[stop]
experiments = 6
"""

Asked = tuple[Campaign, Path]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Two requests wait: one is approved and to be measured, one is not decided."""
    folder = tmp_path_factory.mktemp("forms") / "hand"
    folder.mkdir()
    (folder / "campaign.toml").write_text(BY_HAND, encoding="utf-8")
    campaign, path = Campaign.load(folder), folder / "history"
    with Session(campaign, path) as session:
        session.step()
        first = session.state.awaiting_approval[0]
        decide(path, Decision(request_id=first.id, ruling=Ruling.APPROVED, person="Anna"))
        session.step()
    return campaign, path


def _questions(asked: Asked) -> dict[Kind, Question]:
    campaign, path = asked
    with History.open(path) as history:
        found = questions_of(campaign, history, fold(history.records()))
    assert len(found) == 2
    return {each.kind: each for each in found}


def test_what_people_are_asked(asked: Asked) -> None:
    campaign, path = asked
    questions = _questions(asked)
    one = questions[Kind.APPROVAL]
    assert one.key == f"approval-{one.request.id}"
    for words in (one.request.label, "every experiment is to be approved", "Cost: 3", "UTC: reject."):
        assert words in one.text
    assert 60 <= one.seconds <= 7200
    value = questions[Kind.VALUE]
    assert value.key == f"value-{value.request.id}"
    assert "What was measured of" in value.text
    assert asks_people(campaign)
    with History.open(path) as history:
        state = fold(history.records())
        decide_all = [each.id for each in state.awaiting_approval]
    assert decide_all == [one.request.id]


def test_the_form_of_an_approval_is_bounded_by_the_campaign(asked: Asked) -> None:
    campaign, question = asked[0], _questions(asked)[Kind.APPROVAL]
    form = form_of(campaign, question)
    properties = form.model_json_schema()["properties"]
    x, treatment = campaign.space.written(question.request.x).values()
    a = properties["point_0"]
    assert (a["title"], a["minimum"], a["maximum"], a["default"]) == ("a", 0, 0.8, x)
    assert properties["point_1"]["enum"] == ["cast", "annealed"]
    assert properties["point_1"]["default"] == treatment
    assert properties["decision"]["enum"] == ["approve", "change", "reject"]
    for wrong in ({"point_0": 0.9}, {"point_1": "hot"}, {"decision": "maybe"}, {"by": ""}, {"price": 1}):
        with pytest.raises(ValidationError):
            form(**{"decision": "approve", "by": "Anna", **wrong})


@pytest.mark.parametrize("said", ["approve", "change", "reject"])
def test_a_filled_form_becomes_a_decision(asked: Asked, said: str) -> None:
    campaign, question = asked[0], _questions(asked)[Kind.APPROVAL]
    form = form_of(campaign, question, told="it was too hot")
    filled = form(decision=said, by=" Anna ", reason="so", point_0=0.25, point_1="cast")  # type: ignore[call-arg]
    found = decision_of(campaign, question, filled)
    ruling = {"approve": Ruling.APPROVED, "change": Ruling.CHANGED, "reject": Ruling.REJECTED}[said]
    x = (0.25, 0.0) if said == "change" else None
    assert found == Decision(request_id=question.request.id, ruling=ruling, person="Anna", reason="so", x=x)


def test_the_form_of_a_measurement_has_the_columns_of_a_worksheet(asked: Asked) -> None:
    campaign, question = asked[0], _questions(asked)[Kind.VALUE]
    form = form_of(campaign, question)
    titles = [each["title"] for each in form.model_json_schema()["properties"].values()]
    for name in (h.VALUE, h.UNIT, h.UNCERTAINTY, h.share_of("Fe"), h.share_of("Co"), h.FAILED, h.BY, h.ON, h.NOTE):
        assert name in titles
    names = {field.title: name for name, field in form.model_fields.items()}
    filled: Any = {names[h.VALUE]: "190", names[h.BY]: "Anna"}
    columns = columns_of(form(**filled))
    assert (columns[h.VALUE], columns[h.UNIT], columns[h.BY]) == ("190", "A.m2/kg", "Anna")
    with pytest.raises(ValidationError):
        form(**{names[h.VALUE]: "190"})


def test_an_answer_goes_where_a_filled_worksheet_goes(asked: Asked, tmp_path: Path) -> None:
    import shutil

    from flows.people.asked import _taken

    campaign, source = asked
    path = tmp_path / "h"
    shutil.copytree(source, path)
    question = _questions(asked)[Kind.VALUE]
    form = form_of(campaign, question)
    names = {field.title: name for name, field in form.model_fields.items()}
    good: dict[str, Any] = {names[h.VALUE]: "190", names[h.BY]: "Anna", names[h.ON]: "2026-11-20"}
    for wrong, words in [
        ({names[h.VALUE]: "-3"}, "below zero"),
        ({names[h.VALUE]: ""}, "nothing is entered"),
        ({names[h.UNIT]: "T"}, "the volume of a formula unit is missing"),
        ({names[h.ON]: "2126-01-01"}, "not in the past"),
    ]:
        with pytest.raises(DataError, match=words):
            _taken(campaign, path, question, form(**good | wrong))
    assert "is answered" in _taken(campaign, path, question, form(**good))
    with Session(campaign, path) as session:
        session.step()
        assert [item.value for item in session.state.observations] == [pytest.approx(190)]


def test_a_campaign_that_asks_nobody(make_campaign: Callable[..., Path]) -> None:
    assert not asks_people(Campaign.load(make_campaign()))
