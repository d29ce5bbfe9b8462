"""``[synthesis]`` of a campaign file: what samples are made of, and how."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat

from loop.space_table import Table

Purity = Annotated[float, Field(gt=0, le=1)]


class PrecursorTable(Table):
    """``[synthesis.precursors.NAME]``: something that is weighed."""

    formula: str | None = Field(None, description="what it consists of, such as Fe2B or Nd2O3; its name if absent")
    purity: Purity = Field(1.0, description="share of its mass that is the formula")


class SynthesisTable(Table):
    """The whole table."""

    batch_mass: PositiveFloat = Field(description="grams of the compound in a batch, excess and impurities not counted")
    precursors: dict[str, PrecursorTable] = Field(min_length=1)
    excess: dict[str, NonNegativeFloat] = Field(
        default_factory=dict, description="by element: what is added to make up for losses, 0.03 for 3 %"
    )
    lost: tuple[str, ...] = Field((), description="elements that precursors bring and the synthesis drives out, as O")
    conditions: dict[str, str | float] = Field(default_factory=dict, description="of the synthesis, for who does it")
