"""``cost`` of a slot in a campaign file."""

from __future__ import annotations

import math
from typing import Any

from pydantic_core import PydanticCustomError

from loop.errors import CampaignError
from loop.space.arithmetic import Arithmetic


def cost_of_slot(found: Any) -> float | str:
    """Check what stands in the file: a number, or an expression that can be read.

    Raises
    ------
    PydanticCustomError
        Saying what was expected; pydantic adds the key.
    """
    if isinstance(found, str):
        try:
            Arithmetic.parse(found)
        except CampaignError as error:
            raise PydanticCustomError("cost", "{why}", {"why": str(error)}) from error
        return found
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise PydanticCustomError("cost", "input should be a number, or an expression such as '1 + 0.5*alpha'")
    if not math.isfinite(found):
        raise PydanticCustomError("cost", "input should be a finite number")
    if found < 0:
        raise PydanticCustomError("cost", "input should be greater than or equal to 0")
    return float(found)
