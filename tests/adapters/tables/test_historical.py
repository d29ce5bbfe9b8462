"""Tables of the past: read through a mapping, in order, every bad row named."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.tables.historical import past_results
from adapters.tables.mapping import read_mapping
from loop.campaign import Campaign
from loop.errors import DataError
from loop.records import Result

MAPPING = """
campaign = "tiny/campaign.toml"

[[tables]]
file = "calculated.csv"
target = "calculated"
columns = { a = "x", value = "m", unit = "unit" }

[[tables]]
file = "measured.csv"
target = "measured"
unit = "muB/f.u."
delimiter = ";"
decimal = ","
[tables.columns]
formula = "compound"
value = "Ms"
uncertainty = "dMs"
date = "day"
laboratory = "where"
note = "remark"
[tables.constants]
person = "Ono"
"""

CALCULATED = "x,m,unit,other\n0,2.2,muB/f.u.,1\n0.5,2.3,muB/f.u.,\n1,1.7,muB/f.u.,\n"
MEASURED = """\
compound;Ms;dMs;day;where;remark
Fe3Co;2,24;0,02;2019-04-02;Tohoku;ingot

FeCo;2,16;;2018-01-01;Tohoku;
FeCo3;2,0;;2018-01-01 12:00:00;Tohoku;
Fe;2,13;;2020-01-01;NIMS;
"""

Read = Callable[..., list[list[Result]]]


@pytest.fixture
def read(make_campaign: Callable[..., Path], tmp_path: Path) -> Read:
    """Write mapping and tables, with pieces replaced, and read them."""

    def call(*edits: tuple[str, str]) -> list[list[Result]]:
        files = {"past.toml": MAPPING, "calculated.csv": CALCULATED, "measured.csv": MEASURED}
        for old, new in edits:
            assert sum(text.count(old) for text in files.values()) == 1, old
            files = {name: text.replace(old, new) for name, text in files.items()}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return past_results(read_mapping(tmp_path / "past.toml"), tmp_path, Campaign.load(make_campaign()))

    return call


def values(batches: list[list[Result]]) -> list[list[float]]:
    return [[result.value for result in batch] for batch in batches]


def test_tables_first_then_by_date(read: Read) -> None:
    assert values(read()) == [[2.2, 2.3, 1.7], [2.16], [2.0], [2.24], [2.13]]


def test_rows_of_one_day_are_one_cycle(read: Read) -> None:
    assert values(read(("2018-01-01 12:00:00", "2018-01-01"))) == [[2.2, 2.3, 1.7], [2.16, 2.0], [2.24], [2.13]]


def test_batches(read: Read) -> None:
    found = read(('[[tables]]\nfile = "calc', 'batch = 2\n[[tables]]\nfile = "calc'))
    assert values(found) == [[2.2, 2.3], [1.7, 2.16], [2.0, 2.24], [2.13]]


def test_order_is_a_number(read: Read) -> None:
    edits = [
        ('date = "day"', 'order = "day"'),
        ("2019-04-02", "10"),
        ("2018-01-01;", "9,5;"),
        ("2018-01-01 12:00:00", "9"),
    ]
    assert values(read(*edits, ("2020-01-01", "11")))[1:] == [[2.0], [2.16], [2.24], [2.13]]


def test_what_is_kept_of_a_row(read: Read) -> None:
    [result] = read()[3]
    assert (result.target, result.x, result.unit, result.request_id) == ("measured", (0.25,), "muB/f.u.", None)
    assert (result.uncertainty, result.label) == (0.02, "Fe0.75Co0.25")
    source = result.provenance
    assert (source.adapter, source.file, source.locator) == ("douka import", "measured.csv", "line 2")
    assert (source.laboratory, source.person, source.note) == ("Tohoku", "Ono", "2019-04-02; ingot")
    assert len(source.file_sha256) == 64


def test_the_same_on_two_days_is_two_facts(read: Read) -> None:
    found = read(("Fe;2,13;;2020-01-01;NIMS;", "Fe3Co;2,24;0,02;2020-01-01;Tohoku;ingot"))
    assert found[3][0].value == found[4][0].value
    assert found[3][0].provenance.key != found[4][0].provenance.key


BAD = {
    "text": ("2,16", "much", ["measured.csv: line 4", "'Ms' (value)", "'much'"]),
    "point": ("2,16", "2.16", ["measured.csv: line 4", "2.16", "decimal comma"]),
    "nothing": ("2,16", "", ["line 4", "'Ms' (value)"]),
    "uncertainty": ("0,02", "-0,02", ["line 2", "'dMs' (uncertainty)", "positive"]),
    "formula": ("FeCo3", "FeNi3", ["line 5", "'compound' (formula)", "Ni"]),
    "date": ("2020-01-01", "1.1.2020", ["line 6", "'day' (date)", "2019-04-02"]),
    "short row": ("0.5,2.3,muB/f.u.,", "0.5,2.3", ["calculated.csv: line 3", "2 fields", "expected 4"]),
    "unit": ("2.3,muB/f.u.", "2.3,kg", ["calculated.csv: line 3", "'unit'", "kg"]),
    "outside": ("0.5,2.3", "1.5,2.3", ["calculated.csv: line 3", "a = 1.5"]),
    "twice": ("0.5,2.3", "0,2.2", ["calculated.csv: line 3", "the same row as", "line 2"]),
    "column": ('value = "Ms"', 'value = "MS"', ["measured.csv: line 1", "'MS'", "compound"]),
    "field": ('note = "remark"', 'remark = "remark"', ["columns.remark", "laboratory", "note"]),
    "target": ('target = "measured"', 'target = "M"', ["'M'", "calculated, measured"]),
    "file": ('file = "measured.csv"', 'file = "none.csv"', ["none.csv", "cannot be read"]),
    "sheet": ('delimiter = ";"', 'sheet = "S"', ["measured.csv", "no sheets"]),
    "no value": ('value = "Ms"\n', "", ["past.toml", "columns.value is missing"]),
    "no unit": ('unit = "muB/f.u."\n', "", ["past.toml", "unit", "not at all"]),
    "two whens": ('date = "day"', 'date = "day"\norder = "day"', ["past.toml", "columns.order and columns.date"]),
    "constant": ('person = "Ono"', 'colour = "red"', [": constants.colour", "laboratory"]),
    "twice said": ('person = "Ono"', 'laboratory = "X"', ["past.toml", "'laboratory'"]),
    "unknown key": ('campaign = "tiny', 'batsh = 3\ncampaign = "tiny', ["past.toml", "batsh"]),
    "batch": ('campaign = "tiny', 'batch = 0\ncampaign = "tiny', ["past.toml", "batch = 0"]),
    "no TOML": ("[[tables]]\nfile = \"calc", "[[tables]\nfile = \"calc", ["past.toml", "not valid TOML"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", BAD)
def test_mistakes_are_named(mistake: str, read: Read) -> None:
    old, new, words = BAD[mistake]
    with pytest.raises(DataError) as error:
        read((old, new))
    for word in words:
        assert word in str(error.value), (word, str(error.value))


def test_all_bad_rows_of_all_files_are_named(read: Read) -> None:
    with pytest.raises(DataError) as error:
        read(("2,16", "x"), ("2,13", "y"), ("0.5,2.3", "z,2.3"))
    lines = str(error.value).splitlines()
    assert [line.rpartition("/")[2].split(": column")[0] for line in lines[:3]] == [
        "calculated.csv: line 3",
        "measured.csv: line 4",
        "measured.csv: line 6",
    ]
    assert lines[-1] == "Nothing was imported."


def test_two_kinds_of_order(read: Read) -> None:
    with pytest.raises(DataError, match="the same kind in all"):
        read(('{ a = "x", ', '{ a = "x", order = "x", '))


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        read_mapping(tmp_path / "none.toml")


EXCEL = ('file = "measured.csv"', 'file = "measured.xlsx"')


def test_excel_needs_an_extra(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "measured.xlsx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DataError, match=r'pip install "douka\[excel\]"'):
        read(EXCEL)


def test_excel(read: Read, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from datetime import datetime

    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("values")
    sheet.append(["compound", "Ms", "dMs", "day", "where", "remark"])
    sheet.append(["Fe3Co", 2.24, 0.02, datetime(2019, 4, 2), "Tohoku", "ingot"])
    sheet.append([])
    sheet.append(["Fe", 2, None, datetime(2018, 1, 1), "NIMS", None])
    book.save(tmp_path / "measured.xlsx")
    found = read(EXCEL, ('delimiter = ";"', 'sheet = "values"'), ('decimal = ","', ""))[1:]
    assert values(found) == [[2.0], [2.24]]
    assert [result.provenance.locator for [result] in found] == ["sheet values, line 4", "sheet values, line 2"]
    assert found[1][0].uncertainty == 0.02
    with pytest.raises(DataError, match="nowhere"):
        read(EXCEL, ('delimiter = ";"', 'sheet = "nowhere"'), ('decimal = ","', ""))


def test_excel_that_is_none(read: Read, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "measured.xlsx").write_text("no workbook")
    with pytest.raises(DataError, match=r"measured\.xlsx: cannot be read as an Excel file"):
        read(EXCEL)
