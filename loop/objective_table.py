"""``[objective]`` of a campaign file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from loop.errors import CampaignError
from loop.space.arithmetic import Arithmetic
from loop.space_table import Table


class OutcomeTable(Table):
    """An entry of ``objective.constraints``: what an experiment must also come to, such as Tc ≥ 550 K."""

    target: str
    at_least: float | None = Field(None, description="lower bound, in the target's unit")
    at_most: float | None = Field(None, description="upper bound, in the target's unit")
    probability: float = Field(0.5, gt=0, lt=1, description="least one with which it holds where one is asked for")

    @model_validator(mode="after")
    def _bounded(self) -> OutcomeTable:
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        if (self.at_least is None and self.at_most is None) or not low < high:
            raise ValueError(
                f"objective.constraints of {self.target!r}: at_least = {self.at_least}, at_most = {self.at_most}; "
                "expected one of them, or at_least below at_most"
            )
        return self


class ObjectiveTable(Table):
    """``[objective]``: what is sought."""

    target: str
    goal: Literal["maximize", "minimize", "hit"] = "maximize"
    value: float | None = Field(None, description="what is to be hit, in the unit of the objective")
    worth: str | None = Field(None, description="a function of targets to seek instead, such as 'M / price_per_kg'")
    unit: str | None = Field(None, description="of the worth; that of the target where there is none")
    constraints: tuple[OutcomeTable, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ObjectiveTable:
        if self.goal == "hit" and self.value is None:
            raise ValueError("the key 'objective.value' is missing: goal = 'hit' needs the value that is to be hit")
        if self.goal != "hit" and self.value is not None:
            raise ValueError(f"objective.value = {self.value:g} belongs to goal = 'hit', found goal = {self.goal!r}")
        if self.unit is not None and self.worth is None:
            raise ValueError(f"objective.unit = {self.unit!r} belongs to a worth; a target has its own unit")
        return self


def worth_from(table: ObjectiveTable, targets: Sequence[str], quantities: Sequence[str]) -> Arithmetic | None:
    """Read the worth.

    Parameters
    ----------
    table
        Says what it is.
    targets
        Names in which it must be linear.
    quantities
        Other names that it may use.

    Raises
    ------
    CampaignError
        Naming the key, what was found and what was expected.
    """
    if table.worth is None:
        return None
    try:
        found = Arithmetic.parse(table.worth, unknowns=targets)
        found.require((*targets, *quantities))
    except CampaignError as error:
        raise CampaignError(f"objective.worth: {error}") from error
    both = sorted(found.names & set(targets) & set(quantities))
    if both:
        raise CampaignError(f"objective.worth: {both[0]!r} is both a target and a variable or element; rename one")
    if table.target not in found.names:
        raise CampaignError(f"objective.worth = {table.worth!r} does not depend on the target {table.target!r}")
    return found


def outcome_targets(table: ObjectiveTable) -> Mapping[str, str]:
    """Targets that constraints name, by key."""
    return {f"objective.constraints.{number}.target": each.target for number, each in enumerate(table.constraints)}
