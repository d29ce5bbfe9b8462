"""``[prefect]`` of a campaign file."""

from __future__ import annotations

from pydantic import Field, NonNegativeFloat

from loop.space_table import Table


class PrefectTable(Table):
    """``[prefect]``: what Prefect's pages show of each cycle."""

    artifacts: bool = Field(True, description="a report, the requests with their reasons, the budget and links")
    figures: bool = Field(True, description="a picture in the report")
    figure_seconds: NonNegativeFloat = Field(
        60.0, description="least time between two pictures; the last is always drawn"
    )
