"""One axis of the design space."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loop.errors import CampaignError


@dataclass(frozen=True)
class Variable:
    """A real design variable.

    Parameters
    ----------
    name
        An identifier, used in the formula and as a column name.
    low, high
        Inclusive bounds.

    Raises
    ------
    CampaignError
        Where the name is no identifier or the bounds are not finite and increasing.
    """

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise CampaignError(f"variable {self.name!r}: expected an identifier such as 'alpha'")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise CampaignError(
                f"variable {self.name!r}: bounds are [{self.low}, {self.high}], expected two finite, increasing numbers"
            )
