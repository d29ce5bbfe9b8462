"""``[stop]`` of a campaign file."""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt, field_validator

from loop.space_table import Table
from loop.stop_rule import parse_rule


class StopTable(Table):
    """``[stop]``: any of these ends the campaign."""

    experiments: PositiveInt | None = Field(None, description="measurements made")
    cost: PositiveFloat | None = Field(None, description="spent, in the campaign's cost unit")
    no_improvement: PositiveInt | None = Field(None, description="measurements since the best one")
    cycles: PositiveInt | None = None
    rule: str | None = Field(None, description="a rule of its own, such as 'cost >= 30 & no_improvement >= 5'")

    @field_validator("rule")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_rule(text)
        return text
