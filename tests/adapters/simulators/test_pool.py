"""The table that answers: by seed and request id, and with where the value comes from."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.instruments.archive import Archive
from adapters.simulators.pool import Pool
from loop.errors import CampaignError, DataError
from loop.protocols import SlotContext
from loop.records import Failure, Request, Result
from loop.testing import request_at, slot_context

TABLE = """id,a,value,unit,laboratory,paper,doi,uncertainty,sample
one,0.5,2.0,muB/f.u.,Tokyo,A paper,10.1/x,0.1,S1
two,0.5,2.1,muB/f.u.,Osaka,B paper,none found,,S2
three,0.5,2.2,muB/f.u.,Kyoto,,,,
four,1,190,emu/g,Tokyo,A paper,10.1/x,1.9,S3
"""


@pytest.fixture
def context(tmp_path: Path) -> SlotContext:
    (tmp_path / "t.csv").write_text(TABLE)
    return slot_context(tmp_path, options={"table": "t.csv"})


def _answer(context: SlotContext, request: Request, kind: type[Pool] = Pool) -> Result | Failure:
    adapter = kind(context)
    adapter.submit(request)
    (item,) = adapter.collect()
    return item


def _value(context: SlotContext, number: int) -> float:
    item = _answer(context, request_at(context, [0.5], number))
    assert isinstance(item, Result)
    return item.value


def test_the_same_request_gets_the_same_laboratory(context: SlotContext) -> None:
    assert {_value(context, 4) for _ in range(5)} == {_value(context, 4)}


def test_answers_do_not_depend_on_what_else_is_asked(context: SlotContext) -> None:
    requests = [request_at(context, [0.5], number) for number in range(6)]
    adapter = Pool(context)
    for request in reversed(requests):
        adapter.submit(request)
    together = {item.request_id: item for item in adapter.collect()}
    assert together == {request.id: _answer(context, request) for request in requests}


def test_every_laboratory_is_drawn_about_as_often(context: SlotContext) -> None:
    counts = Counter(_value(context, number) for number in range(150))
    assert set(counts) == {2.0, 2.1, 2.2}
    assert min(counts.values()) > 30  # 50 expected, five standard deviations are 29


def test_another_seed_draws_otherwise(context: SlotContext) -> None:
    other = replace(context, seed=1)
    assert [_value(context, n) for n in range(20)] != [_value(other, n) for n in range(20)]


def test_candidates_are_the_points_of_the_file_in_order(context: SlotContext) -> None:
    assert Pool(context).candidates() == [(0.5,), (1.0,)]


def test_provenance_leads_to_the_line(context: SlotContext) -> None:
    item = _answer(context, request_at(context, [1.0]))
    assert item.provenance.locator == "line 5, four"
    assert item.provenance.file_sha256 == hashlib.sha256(TABLE.encode()).hexdigest()
    assert (item.provenance.laboratory, item.provenance.citation) == ("Tokyo", "A paper 10.1/x")
    assert item.provenance.note == "published as 190 emu/g; "


def test_uncertainty_is_converted_with_the_value(context: SlotContext) -> None:
    item = _answer(context, request_at(context, [1.0]))
    assert isinstance(item, Result)
    assert item.uncertainty == pytest.approx(item.value * 1.9 / 190)


def test_point_without_a_row_says_so(context: SlotContext) -> None:
    item = _answer(context, request_at(context, [0.25]))
    assert isinstance(item, Failure)
    assert "t.csv has no row at Fe0.75Co0.25" in item.reason


def test_archive_is_a_pool_of_measurements(context: SlotContext) -> None:
    request = request_at(context, [0.5], 3)
    assert _answer(context, request, Archive) == _answer(context, request)


def test_the_same_number_calculated_and_measured_is_two_facts(context: SlotContext) -> None:
    request = request_at(context, [1.0])
    other = replace(context, target="measured")
    assert _answer(context, request).provenance.key != _answer(other, request).provenance.key


@pytest.mark.parametrize(
    ("options", "named"),
    [({}, "table"), ({"table": ""}, "table"), ({"table": 3}, "table"), ({"table": "t.csv", "x": 1}, "options.x")],
)
def test_unusable_options_are_named(context: SlotContext, options: dict[str, object], named: str) -> None:
    with pytest.raises(CampaignError, match=rf"slot 'slot'.*{named}"):
        Pool(replace(context, options=options))


def test_missing_table_is_named(context: SlotContext) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        Pool(replace(context, options={"table": "nowhere.csv"}))
