"""``[admit]`` of a campaign file."""

from __future__ import annotations

from pydantic import Field, PositiveFloat

from loop.space_table import Table


class AdmitTable(Table):
    """``[admit]``: what is believed without asking."""

    z_limit: PositiveFloat = Field(
        5.0, description="|z| of a new value against its prediction beyond which it is put aside"
    )
    together: bool = Field(False, description="hold the values of the start against each other")
    magnetism: bool = Field(
        False,
        description="put calculated magnetizations aside that look like another solution, and start them again once",
    )
