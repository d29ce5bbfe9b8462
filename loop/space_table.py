"""``[space]`` of a campaign file, and what each slot can reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from loop.errors import CampaignError
from loop.space import Cardinality, Category, Constraint, Forbidden, Formula, Space, Variable, condition

Step = float | str
_T = TypeVar("_T")
_ROUNDING = 1e-6


class Table(BaseModel):
    """A table of the campaign file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class VariableTable(Table):
    """``[space.variables.NAME]``: one axis of the design space."""

    bounds: tuple[float, float] | None = Field(None, description="lowest and highest value")
    values: tuple[str, ...] | None = Field(None, description="of a categorical variable, in place of bounds")
    step: Step | None = Field(None, description="distance of the values that can be asked for: 0.05, or '1/14'")
    kind: Literal["real", "integer", "categorical"] | None = Field(None, description="real if absent, or categorical")
    description: str = ""


class ReachTable(Table):
    """``reach.NAME`` of a slot: the part of an axis that it can make or calculate."""

    bounds: tuple[float, float] | None = None
    step: Step | None = None
    values: tuple[str, ...] | None = Field(None, description="of a categorical variable")


class CardinalityTable(Table):
    """An entry of ``space.cardinality``: at most some of several variables differ from zero."""

    of: tuple[str, ...] = Field(min_length=2)
    at_most: int = Field(ge=0)
    tolerance: PositiveFloat = 1e-9


class SpaceTable(Table):
    """``[space]``: where the loop may look."""

    variables: dict[str, VariableTable] = Field(min_length=1)
    formula: str | None = Field(None, description="formula with parameters, such as (Nd{1-a}Pr{a})2Fe14B")
    constraints: tuple[str, ...] = Field((), description="such as 'alpha + beta <= 0.8', 'treatment != annealed'")
    forbidden: tuple[tuple[str, ...], ...] = Field((), description="regions, each where all of its conditions hold")
    cardinality: tuple[CardinalityTable, ...] = ()


def space_from(table: SpaceTable) -> Space:
    """Make the design space.

    Raises
    ------
    CampaignError
        Naming key, text and what was expected.
    """
    variables = tuple(_variable(name, entry) for name, entry in table.variables.items())
    formula = Formula.parse(table.formula, tuple(table.variables)) if table.formula is not None else None
    named = [each.name for each in variables if each.values and formula is not None and each.name in formula.own]
    if named:
        raise CampaignError(f"space.formula: {named[0]} is categorical and cannot be an amount")
    return Space(variables, formula, _constraints(table, variables))


def narrowed(space: Space, reach: Mapping[str, ReachTable], key: str) -> Space:
    """Make the part of a space that a slot can reach.

    Parameters
    ----------
    space
        The design space.
    reach
        By variable.
    key
        Of the slot, for errors.

    Raises
    ------
    CampaignError
        Where a variable is unknown, or its reach is no part of the space.
    """
    unknown = sorted(set(reach) - set(space.names))
    if unknown:
        raise CampaignError(f"{key}.{unknown[0]}: no such variable; there are {', '.join(space.names)}")
    parts = [
        _part(variable, reach[variable.name], f"{key}.{variable.name}") if variable.name in reach else variable
        for variable in space.variables
    ]
    chosen = [
        _named(f"{key}.{variable.name}.values", partial(Category.one_of, variable, column, values))
        for column, variable in enumerate(space.variables)
        if variable.name in reach and (values := reach[variable.name].values) is not None
    ]
    return replace(space, variables=tuple(parts), constraints=(*space.constraints, *chosen))


def _variable(name: str, table: VariableTable) -> Variable:
    key = f"space.variables.{name}"
    if table.values is not None or table.kind == "categorical":
        return _categorical(name, table, key)
    if table.bounds is None:
        raise CampaignError(f"{key}: expected bounds = [low, high], or values = ['…', '…'] of a categorical variable")
    step = _step(table.step, key)
    if table.kind == "integer":
        step = step or 1.0
        for found in (*table.bounds, step):
            if found != round(found):
                raise CampaignError(f"{key}: {found:g} in an integer variable, expected whole bounds and steps")
    return Variable(name, *table.bounds, step)


def _categorical(name: str, table: VariableTable, key: str) -> Variable:
    if table.bounds is not None or table.step is not None or table.kind not in (None, "categorical"):
        raise CampaignError(f"{key}: has values, so it is categorical: leave out bounds, step and another kind")
    return _named(key, partial(Variable.categorical, name, table.values or ()))


def _part(variable: Variable, reach: ReachTable, key: str) -> Variable:
    if variable.values or reach.values is not None:
        if not variable.values or reach.values is None or reach.bounds is not None or reach.step is not None:
            wanted = f"values, some of {', '.join(variable.values)}" if variable.values else "bounds or step"
            raise CampaignError(f"{key}: expected {wanted}")
        return variable
    low, high = reach.bounds or (variable.low, variable.high)
    if not variable.low <= low < high <= variable.high:
        raise CampaignError(
            f"{key}.bounds = [{low:g}, {high:g}], expected a part of [{variable.low:g}, {variable.high:g}]"
        )
    step = _step(reach.step, key) or variable.step
    if variable.step is not None and step is not None:
        times = step / variable.step
        if round(times) < 1 or abs(times - round(times)) > _ROUNDING:
            raise CampaignError(f"{key}.step = {step:g}, expected a multiple of the variable's step {variable.step:g}")
        low = variable.low + variable.step * math.ceil((low - variable.low) / variable.step - _ROUNDING)
    return _named(key, partial(Variable, variable.name, round(low, 12), high, step))


def _step(step: Step | None, key: str) -> float | None:
    if step is None:
        return None
    try:
        found = float(Fraction(step)) if isinstance(step, str) else float(step)
    except (ValueError, ZeroDivisionError, OverflowError):
        found = math.nan
    if not found > 0:
        raise CampaignError(f"{key}.step = {step!r}, expected a positive number, or a fraction such as '1/14'")
    return found


def _constraints(table: SpaceTable, variables: tuple[Variable, ...]) -> tuple[Constraint, ...]:
    found: list[Constraint] = []
    for number, text in enumerate(table.constraints):
        found.append(_named(f"space.constraints.{number}", partial(condition, text, variables)))
    for number, texts in enumerate(table.forbidden):
        key = f"space.forbidden.{number}"
        if not texts:
            raise CampaignError(f"{key} = []: expected at least one condition, such as 'alpha >= 0.3'")
        found.append(Forbidden(tuple(_named(key, partial(condition, text, variables)) for text in texts)))
    names = tuple(each.name for each in variables)
    for number, rule in enumerate(table.cardinality):
        key = f"space.cardinality.{number}"
        named = [each.name for each in variables if each.values and each.name in rule.of]
        if named:
            raise CampaignError(f"{key}: {named[0]} is categorical, which is never 0; expected numbers")
        found.append(_named(key, partial(Cardinality, names, rule.of, rule.at_most, rule.tolerance)))
    return tuple(found)


def _named(key: str, make: Callable[[], _T]) -> _T:
    """Make something; where the file forbids it, name the key."""
    try:
        return make()
    except CampaignError as error:
        raise CampaignError(f"{key}: {error}") from error
