"""What the columns of a worksheet are called."""

from __future__ import annotations

REQUEST, SAMPLE, WHAT = "request", "sample", "what"
LABORATORY_SAMPLE, PARENT, POSITION = "laboratory sample", "parent", "position"
MASS, SIZE, FILE = "mass (mg)", "size (mm)", "file"
VALUE, UNIT, UNCERTAINTY = "value", "unit", "uncertainty"
SHARES_ERROR, SHARES_BY = "composition ± (at.%)", "composition by"
PHASE, PHASE_ERROR = "phase fraction (%)", "phase fraction ± (%)"
BY, ON, FAILED, NOTE = "measured by", "measured on", "failed because", "note"

BEFORE = (LABORATORY_SAMPLE, PARENT, POSITION, MASS, SIZE, FILE, VALUE, UNIT, UNCERTAINTY)
AFTER = (SHARES_ERROR, SHARES_BY, PHASE, PHASE_ERROR, BY, ON, FAILED, NOTE)
"""To be filled in, before and after the columns of the composition."""


def share_of(element: str) -> str:
    """Name the column of an element's measured share."""
    return f"measured {element} (at.%)"
