"""Words on axes."""

from __future__ import annotations

import textwrap

from loop.figures.data import Moment
from loop.figures.style import shown_unit

_WIDTH = 30


def variable_words(name: str, description: str) -> str:
    """What an axis of a design variable is called."""
    return textwrap.fill(f"{name}: {description}" if description else name, _WIDTH)


def objective_words(moment: Moment) -> str:
    """What is sought, with its unit."""
    objective = moment.campaign.table.objective
    return with_unit(
        objective.worth or moment.campaign.table.targets[objective.target].description or objective.target,
        moment.campaign.unit,
    )


def target_words(moment: Moment, target: str) -> str:
    """What a target is, with its unit."""
    table = moment.campaign.table.targets[target]
    return with_unit(table.description or target, table.unit)


def with_unit(what: str, unit: str) -> str:
    """A quantity and its unit in brackets, in lines that fit beside an axis."""
    return textwrap.fill(f"{what} ({shown_unit(unit)})" if unit else what, _WIDTH)
