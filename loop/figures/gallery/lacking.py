"""Why a figure cannot be drawn."""

from __future__ import annotations

from loop.errors import EstimationError
from loop.figures.data import Moment


class LackingError(EstimationError):
    """What a figure shows is not there yet."""


def require_model(moment: Moment) -> None:
    """Say why there is no prediction to draw.

    Raises
    ------
    LackingError
        Where there is no model.
    """
    if moment.model is None:
        raise LackingError(f"there is no model yet: {moment.problem}")
