"""``repeats`` and ``standards`` of an instrument: what is measured again, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from loop.errors import CampaignError, DataError, LimitError
from loop.limits import Limits
from loop.space import Space
from loop.space.cost import Cost, costs_at
from loop.space_table import Table


class RepeatsTable(Table):
    """``repeats``: every k-th request measures a point again."""

    every: int = Field(ge=2, description="one of so many requests")
    of: Literal["best", "informative"] = Field(
        "best", description="the best measured point by prediction, or the one that the slot's rule prefers"
    )


class StandardTable(Table):
    """An entry of ``standards``: a reference sample that is measured again and again."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")]
    every: int = Field(ge=2, description="one of so many requests")
    x: dict[str, float | str] = Field(description="value of every design variable")


def standard_points(
    space: Space, limits: Limits, cost: Cost, tables: tuple[StandardTable, ...], key: str
) -> Mapping[str, tuple[tuple[float, ...], int]]:
    """Point and period of each standard, by name.

    Parameters
    ----------
    space
        The design space; a standard may lie off its steps and constraints.
    limits, cost
        Hard limits, and what one measurement costs.
    tables
        As in the campaign file.
    key
        Of the list, for errors.

    Raises
    ------
    CampaignError
        Where a name is used twice, or a point does not lie in the space or exceeds a hard limit.
    """
    found: dict[str, tuple[tuple[float, ...], int]] = {}
    for number, table in enumerate(tables):
        if table.name in found:
            raise CampaignError(f"{key}.{number}.name = {table.name!r} is used twice")
        try:
            x = space.point(table.x)
            space.check_inside(x)
            limits.check(x, float(costs_at(cost, np.array([x]), table.name)[0]), table.name)
        except (DataError, LimitError) as error:
            raise CampaignError(f"{key}.{number}.x: {error}") from error
        found[table.name] = (x, table.every)
    return found
