"""The drop folder: what is read, what waits, what is refused, and which request it answers."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.dft import RejectedCalculation
from adapters.simulators import folder as folder_module
from adapters.simulators.folder import Folder
from loop.errors import CampaignError
from loop.protocols import SlotContext
from loop.records import Failure, Result
from loop.testing import request_at, slot_context


@dataclass
class FakeCalculation:
    composition: dict[str, float]
    moment_per_cell: float
    path: str
    files: dict[str, str]
    volume: float = 94.4
    formula: str = "Fe4Co4"
    code: str = "made up"
    code_version: str = "1"
    functional: str = "PBE"
    k_mesh: tuple[int, int, int] | None = (8, 8, 8)
    frozen_4f: tuple[str, ...] = ()
    moment_is_fixed: bool = False
    remarks: tuple[str, ...] = ()


@dataclass
class Reader:
    """Reads a file ``out`` of lines ``element amount`` and ``moment value``; anything else is refused."""

    reads: list[str] = field(default_factory=list)

    def __call__(self, path: Path) -> FakeCalculation:
        self.reads.append(path.name)
        file = path / "out"
        text = file.read_text() if file.exists() else ""
        if "moment" not in text:
            raise RejectedCalculation(file, "is cut off", "Run it to its end")
        numbers = {key: float(value) for key, value in map(str.split, text.splitlines())}
        moment = numbers.pop("moment")
        return FakeCalculation(numbers, moment, str(file), {"out": text})


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(folder_module, "read_calculation", reader)
    return reader


@pytest.fixture
def context(tmp_path: Path) -> SlotContext:
    return slot_context(tmp_path, options={"folder": "drop", "quiet_seconds": 0})


def _drop(context: SlotContext, name: str, text: str = "Fe 4\nCo 4\nmoment 17\n") -> Path:
    path = context.folder / "drop" / name
    path.mkdir(parents=True, exist_ok=True)
    (path / "out").write_text(text)
    return path


def _only(adapter: Folder) -> Result | Failure:
    (item,) = adapter.collect()
    return item


@pytest.mark.usefixtures("reader")
def test_composition_places_it_and_moment_is_per_formula_unit(context: SlotContext) -> None:
    _drop(context, "any")
    item = _only(Folder(context))
    assert isinstance(item, Result)
    assert (item.x, item.unit, item.request_id) == ((0.5,), "muB/f.u.", None)
    assert item.value == pytest.approx(17 / 8, rel=1e-12)
    assert item.provenance.file == "drop/any/out"


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("unit", "expected"),
    [("T", 11.65406 * 17 / 94.4), ("A.m2/kg", 5584.939 * 17 / (4 * 55.845 + 4 * 58.933194))],
)
def test_other_units_take_volume_and_mass_of_the_cell(context: SlotContext, unit: str, expected: float) -> None:
    context = replace(context, unit=unit)
    _drop(context, "any")
    item = _only(Folder(context))
    assert isinstance(item, Result)
    assert item.value == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("reader")
def test_it_answers_the_request_of_its_composition(context: SlotContext) -> None:
    adapter, request = Folder(context), request_at(context, [0.5])
    adapter.submit(request)
    assert "waiting" in adapter.poll()[request.id]
    _drop(context, "any")
    assert _only(adapter).request_id == request.id
    assert adapter.poll()[request.id] == "done"


@pytest.mark.usefixtures("reader")
def test_it_answers_the_request_it_is_named_after(context: SlotContext) -> None:
    adapter, request = Folder(context), request_at(context, [0.49])
    adapter.submit(request)
    _drop(context, request.id)
    item = _only(adapter)
    assert isinstance(item, Result)
    assert (item.request_id, item.x) == (request.id, (0.5,))


@pytest.mark.usefixtures("reader")
def test_two_calculations_of_one_composition_answer_once(context: SlotContext) -> None:
    adapter = Folder(context)
    adapter.submit(request_at(context, [0.5]))
    for name in ("run1", "run2"):
        _drop(context, name, f"Fe 4\nCo 4\nmoment 17.{name[-1]}\n")
    assert [item.request_id for item in adapter.collect()] == ["000000-slot-0", None]


def test_what_is_wanted_stands_in_the_folder_until_cancelled(context: SlotContext) -> None:
    adapter, request = Folder(context), request_at(context, [0.5])
    for _ in range(2):
        adapter.submit(request)
    file = context.folder / "drop" / f"{request.id}.request.json"
    wanted = json.loads(file.read_text())
    assert (wanted["a"], wanted["formula"], wanted["unit"]) == (0.5, request.label, "muB/f.u.")
    adapter.cancel(request.id)
    assert not any((context.folder / "drop").iterdir())


def test_a_growing_folder_waits(context: SlotContext, reader: Reader) -> None:
    context = replace(context, options={"folder": "drop", "quiet_seconds": 1000})
    path = _drop(context, "growing")
    adapter = Folder(context)
    assert list(adapter.collect()) == []
    assert reader.reads == []
    _age(path / "out", 2000)
    assert isinstance(_only(adapter), Result)


def _age(file: Path, seconds: float) -> None:
    status = file.stat()
    os.utime(file, (status.st_atime - seconds, status.st_mtime - seconds))


def test_an_empty_folder_waits(context: SlotContext, reader: Reader) -> None:
    adapter = Folder(context)
    (context.folder / "drop" / "empty").mkdir()
    assert (list(adapter.collect()), reader.reads) == ([], [])


def test_an_unchanged_folder_is_read_once(context: SlotContext, reader: Reader) -> None:
    adapter, path = Folder(context), _drop(context, "any")
    first = _only(adapter)
    assert (_only(adapter), reader.reads) == (first, ["any"])
    (path / "log").write_text("more")
    assert (_only(adapter), reader.reads) == (first, ["any", "any"])


@pytest.mark.usefixtures("reader")
def test_a_refused_calculation_names_file_reason_and_remedy(context: SlotContext) -> None:
    _drop(context, "cut", "Fe 4\n")
    item = _only(Folder(context))
    assert isinstance(item, Failure)
    assert item.reason == "drop/cut/out: is cut off"
    assert (item.request_id, item.remedy) == (None, "Run it to its end")


@pytest.mark.usefixtures("reader")
def test_a_refused_calculation_named_after_a_request_fails_it(context: SlotContext) -> None:
    adapter, request = Folder(context), request_at(context, [0.5])
    adapter.submit(request)
    _drop(context, request.id, "Fe 4\n")
    item = _only(adapter)
    assert isinstance(item, Failure)
    assert item.request_id == request.id


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("text", "said"), [("Fe 4\nNi 4\nmoment 9\n", "Ni does not occur"), ("moment 9\n", "is no member")]
)
def test_another_family_is_refused(context: SlotContext, text: str, said: str) -> None:
    _drop(context, "foreign", text)
    item = _only(Folder(context))
    assert isinstance(item, Failure)
    assert said in item.reason


@pytest.mark.usefixtures("reader")
def test_outside_the_bounds_is_refused(tmp_path: Path) -> None:
    context = slot_context(tmp_path, options={"folder": "drop", "quiet_seconds": 0}, variables={"a": (0.0, 0.4)})
    _drop(context, "far")
    item = _only(Folder(context))
    assert isinstance(item, Failure)
    assert "a = 0.5, expected 0 to 0.4" in item.reason


@pytest.mark.usefixtures("reader")
def test_the_same_calculation_in_two_folders_is_one_fact(context: SlotContext) -> None:
    _drop(context, "one")
    _drop(context, "two")
    assert len({item.provenance.key for item in Folder(context).collect()}) == 1


@pytest.mark.usefixtures("reader")
def test_an_imposed_moment_is_said(context: SlotContext, monkeypatch: pytest.MonkeyPatch) -> None:
    _drop(context, "fixed")
    fixed = replace(Reader()(context.folder / "drop" / "fixed"), moment_is_fixed=True)
    monkeypatch.setattr(folder_module, "read_calculation", lambda _: fixed)
    assert "imposed" in _only(Folder(context)).provenance.note


@pytest.mark.usefixtures("reader")
def test_a_folder_that_cannot_be_read_does_not_hide_the_others(
    context: SlotContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    _drop(context, "locked")
    _drop(context, "open")
    _locked(monkeypatch, "locked")
    items = list(Folder(context).collect())
    assert [type(item) for item in items] == [Failure, Result]
    assert "locked" in items[0].label
    assert "cannot be read" in items[0].reason  # type: ignore[union-attr]


def _locked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stamp = folder_module._stamp

    def refuse(path: Path) -> object:
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return stamp(path)

    monkeypatch.setattr(folder_module, "_stamp", refuse)


@pytest.mark.usefixtures("reader")
def test_a_dangling_link_waits(context: SlotContext) -> None:
    path = _drop(context, "linked")
    (path / "CHGCAR").symlink_to("nowhere")
    assert list(Folder(context).collect()) == []


@pytest.mark.usefixtures("reader")
def test_requests_stay_open_while_the_drop_folder_is_away(context: SlotContext) -> None:
    adapter, request = Folder(context), request_at(context, [0.5])
    adapter.submit(request)
    shutil.rmtree(context.folder / "drop")
    assert list(adapter.collect()) == []
    assert "cannot be read" in adapter.poll()[request.id]


def test_a_space_without_formula_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="formula"):
        Folder(slot_context(tmp_path, formula=None, options={"folder": "drop"}))


def test_a_target_that_is_no_magnetization_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="'eV'"):
        Folder(slot_context(tmp_path, unit="eV", options={"folder": "drop"}))


@pytest.mark.parametrize("options", [{}, {"folder": ""}, {"folder": "d", "quiet_seconds": -1}, {"fodler": "d"}])
def test_unusable_options_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(CampaignError, match=r"slot 'slot': options\."):
        Folder(slot_context(tmp_path, options=options))
    assert not any(tmp_path.iterdir())
