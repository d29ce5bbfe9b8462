"""Schedules by the clock: what is none is refused in words, and Prefect means the same times."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.schedule import Cron, local_timezone, told
from loop.errors import CampaignError

WRONG = {
    "0 6 * *": "found 4 fields, expected 5",
    "30 0 6 * * 1-5": "found 6 fields, expected 5",
    "at six": "found 2 fields",
    "@daily": "found 1 fields",
    "": "found 0 fields",
    "61 * * * *": "Bad minute",
    "0 24 * * *": "Bad hour",
    "0 0 30 2 *": "Bad day-of-month",
    "*/0 * * * *": "Bad minute",
    "0 6 L * *": "day of the month: found 'L'",
    "h h * * *": "minute: found 'h'",
    "0 6 1 * */2": "crons differ on what '1' with '*/2' means",
    "0 6 * * 0-0": "day of the week: found '0-0'",
    "0 6 * * monday": "day of the week: found 'monday'",
}


@pytest.mark.parametrize(("expression", "words"), WRONG.items())
def test_what_is_no_schedule_is_refused(expression: str, words: str) -> None:
    with pytest.raises(CampaignError) as error:
        Cron(expression, "UTC")
    assert words in str(error.value)
    assert repr(expression) in str(error.value)


@pytest.mark.parametrize("name", ["Mars/Phobos", "", "../etc/passwd", "Europe", "CEST"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(CampaignError, match="expected one such as Europe/Berlin"):
        Cron("0 6 * * *", name)


def test_six_o_clock_stays_six_o_clock_when_clocks_change() -> None:
    cron, berlin = Cron("0 6 * * 1-5", "Europe/Berlin"), ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 3, 26, tzinfo=berlin)  # a Thursday; clocks change on Sunday
    times = []
    for _ in range(4):
        moment = cron.next(moment)
        times.append(moment)
    assert [time.strftime("%a %H:%M") for time in times] == ["Thu 06:00", "Fri 06:00", "Mon 06:00", "Tue 06:00"]
    assert [time.utcoffset() for time in times] == [timedelta(hours=hours) for hours in (1, 1, 2, 2)]


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    ranges = st.tuples(number, number).filter(lambda ends: ends[0] < ends[1]).map(lambda ends: f"{ends[0]}-{ends[1]}")
    some = st.lists(number.map(str), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), number.map(str), ranges, some, st.integers(1, high).map(lambda step: f"*/{step}"))


def _is_plain(fields: tuple[str, ...]) -> bool:
    """Whether at most one of the two days is given with a step of all."""
    return "*" in (fields[2], fields[4]) or "*" not in fields[2] + fields[4]


@settings(max_examples=60)
@given(
    st.tuples(_field(0, 59), _field(0, 23), _field(1, 28), _field(1, 12), _field(0, 6)).filter(_is_plain).map(" ".join),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_prefect_means_the_same_times(expression: str, start: datetime) -> None:
    from prefect._internal.schemas.validators import validate_cron_string
    from prefect._vendor.croniter import croniter

    utc = start.replace(tzinfo=ZoneInfo("UTC"))
    validate_cron_string(expression)
    assert Cron(expression, "UTC").next(utc) == croniter(expression, utc).get_next(datetime)


def test_schedules_in_words() -> None:
    assert told(timedelta(minutes=30)) == "every 30m"
    assert told(Cron("0 6 * * 1-5", "Asia/Tokyo")) == "at 0 6 * * 1-5 (Asia/Tokyo)"


def test_this_machine_has_a_time_zone_with_a_name() -> None:
    assert Cron("0 6 * * *", local_timezone()).timezone == local_timezone()
