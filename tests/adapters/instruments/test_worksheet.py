"""People as an instrument: what they bring back in any form counts once, and what is wrong is said."""

from __future__ import annotations

import errno
import json
import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.instruments.worksheet import TAKEN, Worksheet
from adapters.worksheets.answer import ANSWERS
from adapters.worksheets.filled import read_sheet
from loop.errors import TransientError
from loop.history import durable
from loop.protocols import SlotContext
from loop.records import Failure, Request, Result, Sample
from loop.testing import SimulatorSuite, request_at, slot_context

COLUMNS = ["request", "value", "unit", "uncertainty", "measured by", "measured on", "note"]
TESLA = 1e7 / (4 * math.pi)


def _context(folder: Path, **options: object) -> SlotContext:
    return slot_context(folder, options={"folder": "drop", "quiet_seconds": 0, **options}, unit="A.m2/kg")


@pytest.fixture
def context(tmp_path: Path) -> SlotContext:
    return _context(tmp_path)


def _row(request: Request, **given: object) -> dict[str, object]:
    row = {"request": request.id, "value": 210.5, "unit": "A.m2/kg", "measured by": "Ada", "measured on": "2020-03-02"}
    return {**row, **{key.replace("_", " "): value for key, value in given.items()}}


def _drop(context: SlotContext, rows: list[dict[str, object]], name: str = "filled.csv", separator: str = ",") -> Path:
    columns = list(dict.fromkeys([*COLUMNS, *(key for row in rows for key in row)]))
    cells = [columns, *[[str(row.get(column, "")) for column in columns] for row in rows]]
    file = context.folder / "drop" / name
    file.parent.mkdir(exist_ok=True)
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in line] for line in cells]
    file.write_text("\n".join(separator.join(line) for line in quoted) + "\n", encoding="utf-8-sig")
    return file


def _asked(context: SlotContext, *points: float) -> tuple[Worksheet, list[Request]]:
    adapter = Worksheet(context)
    requests = [request_at(context, [x], number) for number, x in enumerate(points)]
    for request in requests:
        adapter.submit(request)
    return adapter, requests


def _only(adapter: Worksheet) -> Result:
    (item,) = adapter.collect()
    assert isinstance(item, Result)
    return item


class TestWorksheet(SimulatorSuite):
    factory = Worksheet

    @pytest.fixture
    def context(self, tmp_path: Path) -> SlotContext:
        return _context(tmp_path)

    def happen(self, context: SlotContext, requests: Sequence[Request]) -> None:
        _drop(context, [_row(request, value=200 + number) for number, request in enumerate(requests)])

    @contextmanager
    def away(self, context: SlotContext) -> Iterator[None]:
        """The share is not mounted."""
        folder, aside = context.folder / "drop", context.folder / "elsewhere"
        folder.rename(aside)
        yield
        aside.rename(folder)


def test_a_row_answers_its_request_with_who_and_when(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    file = _drop(context, [_row(request, uncertainty=2.5, note="second try", laboratory_sample="B-17", position="3,4")])
    item = _only(adapter)
    assert (item.request_id, item.value, item.uncertainty, item.unit, item.x) == (
        request.id,
        210.5,
        2.5,
        "A.m2/kg",
        (0.25,),
    )
    provenance = item.provenance
    assert (provenance.person, provenance.file, provenance.locator) == ("Ada", file.name, "line 2")
    assert "2020-03-02" in provenance.note
    assert "second try" in provenance.note
    assert len(provenance.file_sha256) == 64
    assert item.sample == Sample(id=f"S-{request.id}", laboratory_id="B-17", position="3,4")


FORMS = {
    "semicolons and decimal commas": lambda text: text.replace(",", ";").replace("210.5", "210,5"),
    "a decimal comma between commas": lambda text: text.replace("210.5", '"210,5"'),
    "tabs": lambda text: text.replace(",", "\t"),
    "columns in another order": lambda text: "\n".join(
        ",".join(reversed(line.split(","))) for line in text.splitlines()
    ),
    "blank lines and CRLF": lambda text: text.replace("\n", "\r\n\r\n"),
    "a date as Excel writes it": lambda text: text.replace("2020-03-02", "02.03.2020"),
    "an American date": lambda text: text.replace("2020-03-02", "3/22/2020"),
    "capitals and blanks": lambda text: text.replace("measured by", " Measured  By ").replace("value", "Value"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_form_says_the_same(context: SlotContext, form: str, encoding: str) -> None:
    adapter, requests = _asked(context, 0.25, 0.5, 0.75)
    file = _drop(context, [_row(request) for request in reversed(requests)])
    file.write_bytes(FORMS[form](file.read_text(encoding="utf-8-sig")).encode(encoding))
    items = {item.request_id: item for item in adapter.collect()}
    assert {request.id for request in requests} == set(items)
    assert all(isinstance(item, Result) and item.value == 210.5 for item in items.values())


def test_rows_come_in_as_they_are_filled(context: SlotContext) -> None:
    adapter, requests = _asked(context, 0.25, 0.5)
    rows = [_row(requests[0]), {"request": requests[1].id, "unit": "A.m2/kg"}]
    _drop(context, rows)
    assert [item.request_id for item in adapter.collect()] == [requests[0].id]
    assert "waiting" in adapter.poll()[requests[1].id]
    _drop(context, [rows[0], _row(requests[1], value=190)], "filled (1).csv")
    found = {item.request_id: item for item in adapter.collect()}
    assert len(found) == 2
    assert found[requests[0].id].value == 210.5  # type: ignore[union-attr]


def test_saved_twice_counts_once_and_a_changed_value_does_not_replace_the_first(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    first = _drop(context, [_row(request)])
    _drop(context, [_row(request)], "filled copy.csv")
    assert _only(adapter).value == 210.5
    _drop(context, [_row(request, value=99)], "later.csv")
    result, refusal = sorted(adapter.collect(), key=lambda item: item.request_id is None)
    assert isinstance(result, Result)
    assert isinstance(refusal, Failure)
    assert (result.value, refusal.request_id) == (210.5, None)
    assert "answered before" in refusal.reason
    first.unlink()
    again, _ = _asked(context, 0.25)
    assert [item.value for item in again.collect() if isinstance(item, Result)] == [210.5]


def test_a_value_that_is_changed_after_its_request_has_ended_is_put_aside(context: SlotContext) -> None:
    adapter, (request, other) = _asked(context, 0.25, 0.5)
    _drop(context, [_row(request)])
    list(adapter.collect())
    later = Worksheet(context)  # of another process, after the cycle: the request is none of its own
    later.submit(other)
    _drop(context, [_row(request, value="210.500", note="looked at again")], "later.csv")
    assert not list(later.collect()), "the same number"
    _drop(context, [_row(request, value=99), _row(other, value=190)], "last.csv")
    result, refusal = sorted(later.collect(), key=lambda item: item.request_id is None)
    assert result.request_id == other.id
    assert isinstance(refusal, Failure)
    assert refusal.reason == f"last.csv line 2: {request.id} was answered before, and otherwise (filled.csv)"
    (again,) = (item for item in later.collect() if item.request_id is None)
    assert again.provenance.key == refusal.provenance.key, "it is put aside once"
    (earlier,) = (item for item in adapter.collect() if item.request_id is None)
    assert earlier.provenance.key == refusal.provenance.key, "whether or not the request is still open"
    (correction,) = read_sheet(_drop(context, [_row(request, value=99)], "corrected.csv"))
    assert later.amend(correction, request) == TAKEN
    assert not [item for item in later.collect() if isinstance(item, Failure)], "it was corrected to that"


WRONG = {
    "no person": ({"measured_by": ""}, "say who"),
    "no date": ({"measured_on": ""}, "say when"),
    "a date to come": ({"measured_on": "2999-01-01"}, "not in the past"),
    "a date that can be two": ({"measured_on": "3/2/2020"}, "two ways"),
    "no date at all": ({"measured_on": "Monday"}, "no date"),
    "no unit": ({"unit": ""}, "'unit' is empty"),
    "another unit": ({"unit": "kOe"}, "expected A.m2/kg"),
    "no number": ({"value": "about 20"}, "expected a number"),
    "a number that can be two": ({"value": "1,234"}, "two ways"),
    "below zero": ({"value": -3}, "below zero"),
    "uncertainty zero": ({"uncertainty": 0}, "positive"),
    "uncertainty too large": ({"uncertainty": 9000}, "more than twice"),
    "value and failure": ({"failed_because": "it broke"}, "leave one out"),
    "another campaign's row": ({"what": "Nd2Fe14B"}, "another campaign"),
    "phase fraction": ({"phase fraction (%)": 140}, "0 to 100"),
    "shares without uncertainty": ({"measured Fe (at.%)": 50, "measured Co (at.%)": 50}, "standard uncertainty"),
    "shares off the family": (
        {"measured Fe (at.%)": 90, "measured Co (at.%)": 60, "composition ± (at.%)": 1, "composition by": "EDX"},
        "add up to 150",
    ),
    "a file that is not there": ({"value": "", "file": "lost.dat"}, "not there yet"),
    "a file elsewhere": ({"value": "", "file": "../secret.dat"}, "beside the worksheet"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_row_that_is_not_right_waits_and_says_why(context: SlotContext, case: str) -> None:
    given, said = WRONG[case]
    adapter, (request,) = _asked(context, 0.25)
    _drop(context, [_row(request, **given)])
    assert list(adapter.collect()) == []
    assert said in adapter.poll()[request.id]
    _drop(context, [_row(request)], "mended.csv")
    assert _only(adapter).value == 210.5


def test_other_units_are_converted_by_the_molar_mass(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.0)
    _drop(context, [_row(request, value=2.2, uncertainty=0.1, unit="muB/f.u.")])
    item = _only(adapter)
    assert item.value == pytest.approx(2.2 * 5584.939 / 55.845, rel=1e-5)
    assert item.uncertainty == pytest.approx(0.1 * 5584.939 / 55.845, rel=1e-5)
    assert "stated as 2.2 muB/f.u." in item.provenance.note


def test_the_realised_composition_is_what_is_learned_from(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    shares = {
        "measured Fe (at.%)": 71.0,
        "measured Co (at.%)": 29.0,
        "composition ± (at.%)": 0.5,
        "composition by": "EDX",
    }
    _drop(context, [_row(request, **shares, **{"phase fraction (%)": 96.5, "phase fraction ± (%)": 1})])
    item = _only(adapter)
    assert item.x == pytest.approx((0.29,))
    assert item.label == "Fe0.71Co0.29"
    assert item.sample.composition_method == "EDX"
    assert item.sample.x_uncertainty == pytest.approx((0.005 * math.hypot(0.71, 0.29),), rel=1e-6)
    assert (item.sample.phase_fraction, item.sample.phase_fraction_uncertainty) == (0.965, 0.01)


def test_a_failed_synthesis_is_a_failure_with_its_reason(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    _drop(context, [_row(request, value="", failed_because="the crucible broke")])
    (item,) = adapter.collect()
    assert isinstance(item, Failure)
    assert (item.request_id, item.reason) == (request.id, "the crucible broke")


def test_a_sheet_whose_first_line_is_gone_is_refused(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    file = _drop(context, [_row(request)])
    file.write_text("\n".join(file.read_text().splitlines()[1:]))
    (item,) = adapter.collect()
    assert isinstance(item, Failure)
    assert item.request_id is None
    assert "no worksheet" in item.reason


def test_a_file_that_is_still_copied_is_left_alone(tmp_path: Path) -> None:
    context = _context(tmp_path, quiet_seconds=3600)
    adapter, (request,) = _asked(context, 0.25)
    _drop(context, [_row(request)])
    assert list(adapter.collect()) == []
    at_rest = replace(context, options={**context.options, "quiet_seconds": 0})
    adapter, (request,) = _asked(at_rest, 0.25)
    assert _only(adapter).value == 210.5


def test_a_file_that_grew_since_the_last_look_is_left_alone_whatever_its_time(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    file = _drop(context, [{"request": request.id}])
    os.utime(file, (time.time() - 1e6, time.time() - 1e6))
    assert list(adapter.collect()) == []
    _drop(context, [_row(request)])
    os.utime(file, (time.time() - 1e6, time.time() - 1e6))
    assert list(adapter.collect()) == []
    assert _only(adapter).value == 210.5


def _measurement(file: Path, mass: str = "Sample Mass: 50.00 mg\n") -> None:
    B = np.linspace(0.1, 9, 120)
    moment = 50e-6 * 215.0 * (1 - (0.2 / B) ** 2) * 1e3  # emu
    rows = "".join(f"{b},{m:.8f},300\n" for b, m in zip(B, moment, strict=True))
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{mass}Field (T),Moment (emu),Temperature (K)\n{rows}", encoding="utf-8")


def test_a_measurement_named_after_its_request_is_read(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    _measurement(context.folder / "drop" / f"{request.id}_loop.csv")
    item = _only(adapter)
    assert item.value == pytest.approx(215.0, abs=2 * (item.uncertainty or 0))
    assert item.uncertainty == pytest.approx(2.5, abs=2)
    assert "approach to saturation" in item.provenance.note
    assert len(item.provenance.file_sha256) == 64


def test_a_mass_the_file_lacks_is_asked_for_and_taken_from_the_worksheet(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    _measurement(context.folder / "drop" / f"{request.id}.csv", mass="Sample Mass: 0 mg\n")
    assert list(adapter.collect()) == []
    assert "mass" in adapter.poll()[request.id]
    _drop(context, [_row(request, value="", file=f"{request.id}.csv", **{"mass (mg)": "50,00"})], separator=";")
    item = _only(adapter)
    assert item.value == pytest.approx(215.0, abs=2 * (item.uncertainty or 0))
    assert item.provenance.person == "Ada"


def test_an_answer_is_durable_before_it_is_handed_over(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    _drop(context, [_row(request)])
    item = _only(adapter)
    (file,) = (context.state / ANSWERS).iterdir()
    assert json.loads(file.read_text())["value"] == item.value


def test_an_answer_outlasts_a_power_failure(context: SlotContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of its file, too, is on the disk before anybody is told that the request is answered."""
    synced: list[tuple[Path, bool]] = []
    file = context.state / ANSWERS / "000000-slot-0.answer.json"
    monkeypatch.setattr(durable, "sync_folder", lambda folder: synced.append((folder, file.exists())))
    adapter, (request,) = _asked(context, 0.5)
    _drop(context, [_row(request)])
    _only(adapter)
    assert file.name.startswith(request.id)
    assert (context.state, False) in synced
    assert synced[-1] == (file.parent, True)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null"])
def test_a_damaged_answer_concerns_its_own_request_only(context: SlotContext, content: str) -> None:
    adapter, requests = _asked(context, 0.25, 0.5, 0.75)
    _drop(context, [_row(request) for request in requests[:2]])
    assert len(list(adapter.collect())) == 2
    spoilt = context.state / ANSWERS / f"{requests[0].id}.answer.json"
    spoilt.write_text(content)
    again, _ = _asked(context, 0.25, 0.5, 0.75)
    found = {item.request_id: item for item in again.collect()}
    lost = found[requests[0].id]
    assert isinstance(lost, Failure)
    assert (lost.unknown, lost.label) == (True, requests[0].label), "a value was measured"
    assert f"{spoilt}: is damaged" in lost.reason
    assert isinstance(found[requests[1].id], Result)
    words = again.poll()
    assert [words[request.id].partition(" ")[0] for request in requests] == ["done", "done", "waiting"]
    assert spoilt.read_text() == content, "it is left in place"
    again.settle([requests[0].id])
    assert {item.request_id for item in again.collect()} == {requests[1].id}


def test_a_damaged_answer_that_was_taken_in_long_ago_is_of_no_consequence(context: SlotContext) -> None:
    adapter, (first, second) = _asked(context, 0.25, 0.5)
    _drop(context, [_row(first), _row(second)])
    assert len(list(adapter.collect())) == 2
    (context.state / ANSWERS / f"{first.id}.answer.json").write_text("")
    again = Worksheet(context)
    again.submit(second)
    assert _only(again).request_id == second.id


def test_an_unasked_answer_that_is_damaged_is_told_once(context: SlotContext) -> None:
    adapter = Worksheet(context)
    folder = context.state / ANSWERS
    folder.mkdir(parents=True)
    (folder / "0123456789abcdef.answer.json").write_text("")
    (first,), (second,) = adapter.collect(), adapter.collect()
    assert isinstance(first, Failure)
    assert (first.request_id, first.provenance.key) == (None, second.provenance.key)


def test_an_answer_that_cannot_be_read_now_holds_up_its_own_request_only(
    context: SlotContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, requests = _asked(context, 0.25, 0.5)
    _drop(context, [_row(request) for request in requests])
    assert len(list(adapter.collect())) == 2
    read, away = Path.read_text, context.state / ANSWERS / f"{requests[0].id}.answer.json"

    def partly(file: Path, *args: Any, **kwargs: Any) -> str:
        if file == away:
            raise OSError(errno.EIO, "Input/output error")
        return read(file, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", partly)
        found: list[Result | Failure] = []
        with pytest.raises(TransientError, match="cannot be read now") as trouble:
            found.extend(adapter.collect())
        assert [item.request_id for item in found] == [requests[1].id]
        assert trouble.value.requests == {requests[0].id}
        assert adapter.poll()[requests[1].id] == "done"
    assert len(list(adapter.collect())) == 2


def test_the_laboratory_is_named_and_the_temperature_must_be_the_wanted_one(tmp_path: Path) -> None:
    context = _context(tmp_path, laboratory="Tohoku", temperature=300)
    adapter, (request,) = _asked(context, 0.25)
    _measurement(context.folder / "drop" / f"{request.id}.csv")
    assert _only(adapter).provenance.laboratory == "Tohoku"
    (tmp_path / "cold").mkdir()
    cold = _context(tmp_path / "cold", temperature=5)
    adapter, (request,) = _asked(cold, 0.25)
    _measurement(cold.folder / "drop" / f"{request.id}.csv")
    assert list(adapter.collect()) == []
    assert "at 300 K" in adapter.poll()[request.id]


def test_worksheets_of_other_slots_are_left_alone(context: SlotContext) -> None:
    adapter, (request,) = _asked(context, 0.25)
    other = replace(request, id="000000-other-0")
    _drop(context, [_row(request), _row(other)])
    assert [item.request_id for item in adapter.collect()] == [request.id]
