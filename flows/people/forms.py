"""Forms generated from a campaign. What comes back is text and numbers, nothing more: the core validates it again."""

from __future__ import annotations

from typing import Any, Literal

from prefect.input import RunInput
from pydantic import Field, create_model

from flows.people.columns import Column, columns_asked
from flows.people.question import Kind, Question
from loop.campaign import Campaign
from loop.records import Decision, Ruling
from loop.space import Variable

_RULINGS = {"approve": Ruling.APPROVED, "change": Ruling.CHANGED, "reject": Ruling.REJECTED}
_POINT, _COLUMN = "point_", "column_"


def form_of(campaign: Campaign, question: Question, told: str = "") -> type[RunInput]:
    """Make the form of a question.

    Parameters
    ----------
    campaign
        Gives variables with their bounds, units, and elements.
    question
        What is asked.
    told
        Why an answer before this one was not taken; empty where there was none.
    """
    fields = _decision(campaign, question) if question.kind is Kind.APPROVAL else _columns(campaign, question)
    name = "Approval" if question.kind is Kind.APPROVAL else "Measurement"
    form: type[RunInput] = create_model(name, __base__=RunInput, **fields)
    text = f"**The answer before was not taken: {told}**\n\n{question.text}" if told else question.text
    return form.with_initial_data(description=text)


def decision_of(campaign: Campaign, question: Question, answer: RunInput) -> Decision:
    """Read a filled form of :attr:`Kind.APPROVAL`.

    Parameters
    ----------
    campaign, question
        As for :func:`form_of`.
    answer
        The filled form.

    Raises
    ------
    DataError
        Where a value is none of its variable.
    """
    said = answer.model_dump()
    ruling = _RULINGS[said["decision"]]
    point = {name: said[_POINT + str(k)] for k, name in enumerate(campaign.space.names)}
    return Decision(
        request_id=question.request.id,
        ruling=ruling,
        person=str(said["by"]).strip(),
        reason=str(said["reason"]).strip(),
        x=campaign.space.point(point) if ruling is Ruling.CHANGED else None,
    )


def columns_of(answer: RunInput) -> dict[str, str]:
    """Read a filled form of :attr:`Kind.VALUE`: texts by column of a worksheet.

    Parameters
    ----------
    answer
        The filled form.
    """
    titles = {name: str(field.title) for name, field in type(answer).model_fields.items()}
    return {titles[name]: str(text) for name, text in answer.model_dump().items() if name.startswith(_COLUMN)}


def _decision(campaign: Campaign, question: Question) -> dict[str, Any]:
    points = zip(campaign.space.variables, campaign.space.written(question.request.x).values(), strict=True)
    return {
        "decision": (Literal[tuple(_RULINGS)], Field(description="'change' asks for the point below instead")),
        **{f"{_POINT}{k}": _variable(each, value) for k, (each, value) in enumerate(points)},
        "by": (str, Field(min_length=1, title="decided by", description="Who decides")),
        "reason": (str, Field("", description="Why; required to reject")),
    }


def _variable(variable: Variable, value: float | str) -> tuple[Any, Any]:
    words = "Only where the request is changed"
    if variable.values:
        return Literal[tuple(variable.values)], Field(value, title=variable.name, description=words)
    return float, Field(value, title=variable.name, description=words, ge=variable.low, le=variable.high)


def _columns(campaign: Campaign, question: Question) -> dict[str, Any]:
    asked = columns_asked(campaign, question.request)
    return {f"{_COLUMN}{k:02d}": _column(each) for k, each in enumerate(asked)}


def _column(asked: Column) -> tuple[Any, Any]:
    described: dict[str, Any] = {"title": asked.title, "description": asked.hint or None}
    if asked.choices:
        return Literal[asked.choices], Field(asked.default, **described)
    return str, Field(min_length=1, **described) if asked.is_required else Field(asked.default, **described)
