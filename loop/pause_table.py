"""``[pause]`` of a campaign file."""

from __future__ import annotations

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from loop.space_table import Table


class PauseTable(Table):
    """``[pause]``: any of these pauses the campaign by itself, and so does a hard limit."""

    failures: PositiveInt = Field(10, description="requests in a row that failed at one slot")
    free_megabytes: NonNegativeFloat = Field(200.0, description="less than this is free on the history's disk")
    clock_seconds: PositiveFloat = Field(60.0, description="the clock went back by more since the last cycle")
