"""Moments as people write them, on the page."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.page.times import dated
from loop.history import History


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_machines_read_the_same_moment_as_people(moment: datetime) -> None:
    told = dated(f"<b>{moment.isoformat()}</b>")
    (machine, people) = re.findall(r'<b><time datetime="(.*?)">(.*?)</time></b>', told)[0]
    assert datetime.fromisoformat(machine) == moment
    for wanted, word in [(moment.day, 0), (moment.year, 2)]:
        assert int(people.replace(",", "").split()[word]) == wanted
    assert people.split()[1][:3] == moment.strftime("%b")
    assert people.endswith(f", {moment:%H:%M} UTC")


@pytest.mark.parametrize(
    "html",
    [
        '<input value="2026-11-23T09:28:27+00:00">',
        '<script type="application/json">["2026-11-23T09:28Z"]</script>',
        "2026-11-23T09:28:27",
        "2026-13-23T09:28:27Z",
        "000000-people-0",
    ],
)
def test_what_is_no_text_or_no_moment_with_a_zone_stays(html: str) -> None:
    assert dated(html) == html


def test_the_page_writes_when_a_cycle_was_sealed(client: Any, made: Path) -> None:
    with History.open(made / "history") as history:
        sealed = str(history.read(-1).facts["sealed"])
    page = client.get("/").text
    assert page.count(f'<time datetime="{sealed}">') >= 2
    assert sealed not in re.sub(r"<[^>]*>", "", page)
    assert f'<time datetime="{sealed}">' in client.get("/moment").json()["at"]
