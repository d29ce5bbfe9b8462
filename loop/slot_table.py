"""``[[simulators]]`` and ``[[instruments]]`` of a campaign file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, PositiveInt

from loop.repeat_table import RepeatsTable, StandardTable
from loop.retry_table import RetryTable
from loop.slot_cost import cost_of_slot
from loop.space_table import ReachTable, Table

SlotCost = Annotated[float | str, PlainValidator(cost_of_slot)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class SlotTable(Table):
    """``[[simulators]]`` or ``[[instruments]]``: who answers requests."""

    name: Name
    adapter: str = Field(description="name of an entry point of douka.simulators or douka.instruments")
    target: str
    slots: PositiveInt = Field(1, description="requests that may run at the same time")
    start: int = Field(0, ge=0, description="requests made before there is a model, at random points")
    cost: SlotCost = Field(1.0, description="of one request, in the campaign's cost unit: a number or an expression")
    asks: bool = Field(True, description="false: only takes in what arrives, is never asked")
    candidates: PositiveInt = Field(512, description="points to choose from, where the adapter lists none")
    repeats: RepeatsTable | None = Field(None, description="of an instrument: points that are measured again")
    standards: tuple[StandardTable, ...] = Field((), description="of an instrument: samples measured now and then")
    reach: dict[str, ReachTable] = Field(default_factory=dict, description="part of the space that it can answer for")
    retry: RetryTable | None = Field(None, description="how often it is asked again; as [retry] says if absent")
    options: dict[str, Any] = Field(default_factory=dict)
