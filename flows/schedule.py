"""When scheduled cycles come: every so often, or by the clock on the wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from loop.duration import spoken
from loop.errors import CampaignError

_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
_FIELD = re.compile(rf"(?:[0-9*,/-]|\b(?:{_NAMES})\b)+", re.IGNORECASE)
_POINT = re.compile(r"\b(\w+)-\1\b", re.IGNORECASE)  # 0-0: Sunday to some, every day to others
_EXAMPLE = "0 6 * * 1-5 (at 6:00 from Monday to Friday)"


@dataclass(frozen=True)
class Cron:
    """Times of the clock in a time zone; across a change of the clock they stay what they are on the wall.

    Parameters
    ----------
    expression
        Minute, hour, day of the month, month, day of the week, as crontab has them.
    timezone
        IANA name, such as ``Europe/Berlin``.

    Raises
    ------
    CampaignError
        Where one of them is none, or no such time ever comes.
    """

    expression: str
    timezone: str

    def __post_init__(self) -> None:
        self._require_timezone()
        self._require_fields()
        self.next(datetime.now(ZoneInfo(self.timezone)))

    def _require_timezone(self) -> None:
        if self.timezone not in _timezones():
            raise CampaignError(
                f"time zone {self.timezone!r}: there is none of this name; expected one such as Europe/Berlin, "
                "Asia/Tokyo or UTC"
            )

    def _require_fields(self) -> None:
        fields = self.expression.split()
        if len(fields) != len(_FIELDS):
            raise CampaignError(
                f"schedule {self.expression!r}: found {len(fields)} fields, expected {len(_FIELDS)} ("
                f"{', '.join(_FIELDS)}), such as {_EXAMPLE}"
            )
        for name, field in zip(_FIELDS, fields, strict=True):
            if not _FIELD.fullmatch(field) or _POINT.search(field):
                raise CampaignError(
                    f"schedule {self.expression!r}: {name}: found {field!r}, expected numbers, *, lists (1,3), ranges "
                    "(1-5), steps (*/15), or names of months or days"
                )
        days = fields[2], fields[4]
        if "*" not in days and any("*" in field for field in days):
            raise CampaignError(
                f"schedule {self.expression!r}: crons differ on what {days[0]!r} with {days[1]!r} means; give one of "
                "the two days as *, or list both"
            )

    def next(self, after: datetime) -> datetime:
        """Give the first time after another one.

        Parameters
        ----------
        after
            With a time zone.
        """
        from cronsim import CronSim, CronSimError

        try:
            return next(CronSim(self.expression, after.astimezone(ZoneInfo(self.timezone))))
        except CronSimError as error:
            raise CampaignError(f"schedule {self.expression!r}: {error}; expected such as {_EXAMPLE}") from error
        except StopIteration:
            raise CampaignError(f"schedule {self.expression!r}: no such time ever comes") from None

    def __str__(self) -> str:
        return f"at {self.expression} ({self.timezone})"


Schedule = timedelta | Cron
"""Every so often, or by the clock."""


def told(schedule: Schedule) -> str:
    """Say when cycles come."""
    return str(schedule) if isinstance(schedule, Cron) else f"every {spoken(schedule)}"


@cache
def _timezones() -> set[str]:
    return available_timezones()


def local_timezone() -> str:
    """Name of this machine's time zone; UTC where it has none that has a name."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
    except LookupError:
        return "UTC"
    return name if name in _timezones() else "UTC"
