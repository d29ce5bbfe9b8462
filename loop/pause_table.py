"""``[pause]`` of a campaign file."""

from __future__ import annotations

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from loop.judged import KEPT
from loop.space_table import Table


class PauseTable(Table):
    """``[pause]``: any of these pauses the campaign by itself, and so does a hard limit."""

    failures: PositiveInt = Field(10, description="requests in a row that failed at one slot")
    free_megabytes: NonNegativeFloat = Field(200.0, description="less than this is free on the history's disk")
    clock_seconds: PositiveFloat = Field(60.0, description="the clock went back by more since the last cycle")
    suspicious_share: float = Field(
        0.05, gt=0, lt=1, description="of a slot's values, too far from their predictions, is nothing unusual"
    )
    suspicious_chance: float = Field(
        2e-4,
        ge=0,
        lt=1,
        description="pauses where, at that share, so many of the last values are less probable; 0: never",
    )
    suspicious_window: PositiveInt = Field(20, le=KEPT, description="last values of a slot that are looked at, at most")
