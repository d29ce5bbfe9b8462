"""Durations as people write them: 30s, 30m, 2h, 1d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from loop.errors import CampaignError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])", re.ASCII)
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(days=366)


def _checked(text: str) -> str:
    parse_duration(text)
    return text


Duration = Annotated[str, AfterValidator(_checked)]
"""A duration in a campaign file."""


def parse_duration(text: str) -> timedelta:
    """Read a duration.

    Parameters
    ----------
    text
        A number and one of ``s``, ``m``, ``h``, ``d``, such as ``30m`` or ``1.5h``.

    Returns
    -------
    datetime.timedelta
        From one second to 366 days.

    Raises
    ------
    CampaignError
        Saying what was found and what was expected.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise CampaignError(f"duration {text!r}: expected a number and a unit, s, m, h or d: 30s, 30m, 2h, 1d")
    duration = timedelta(**{_UNITS[match[2]]: float(match[1])})
    if not _SHORTEST <= duration <= _LONGEST:
        raise CampaignError(f"duration {text!r}: expected one second (1s) to one year (366d)")
    return duration


def spoken(duration: timedelta) -> str:
    """Write a duration as it is read.

    Parameters
    ----------
    duration
        Of at least one second.
    """
    seconds = duration.total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
