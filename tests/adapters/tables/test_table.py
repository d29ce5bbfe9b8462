"""Tables: every row right, or every wrong line named."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.tables import read_table
from loop.errors import DataError
from loop.space import Formula, Space, Variable

TEMPLATE = "(Nd{1-a-b}Pr{a}La{b})2Fe14B"
SPACE = Space((Variable("a", 0, 1), Variable("b", 0, 1)), Formula.parse(TEMPLATE, ("a", "b")))
GOOD = "id,a,b,value,unit\n1,0.5,0,30,muB/f.u.\n2,0,0.25,31,muB/f.u.\n"


def _read(tmp_path: Path, text: str | bytes, unit: str = "muB/f.u.", space: Space = SPACE):
    file = tmp_path / "table.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(file, space, unit)


def _error(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(DataError) as caught:
        _read(tmp_path, text)
    return str(caught.value)


def test_rows_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows, sha256 = _read(tmp_path, GOOD)
    assert [(row.line, row.id, row.x, row.value) for row in rows] == [
        (2, "1", (0.5, 0.0), 30.0),
        (3, "2", (0.0, 0.25), 31.0),
    ]
    assert sha256 == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.rstrip("\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace(",", " , "),
        GOOD.replace("\n", ",\n").replace("unit,", "unit,remark"),
    ],
    ids=["BOM", "CRLF", "CR", "no last line end", "blank lines", "blanks", "another column"],
)
def test_harmless_differences_change_no_value(tmp_path: Path, text: str) -> None:
    rows = _read(tmp_path, text)[0]
    assert [(row.x, row.value) for row in rows] == [((0.5, 0.0), 30.0), ((0.0, 0.25), 31.0)]


def test_quoted_commas_line_ends_and_separators_stay_in_their_cell(tmp_path: Path) -> None:
    note = "Ref. 3, corrected\nby hand\u2028\x0bhere"
    text = f'a,b,value,unit,note\n0,0,1,muB/f.u.,"{note}"\n1,0,x,muB/f.u.,plain\n'
    assert "line 4: column 'value': found 'x'" in _error(tmp_path, text)
    assert _read(tmp_path, text.replace(",x,", ",2,"))[0][0].note == note


WRONG_ROWS = {
    "NaN": ("0,0,nan,muB/f.u.", "column 'value': found 'nan', expected a finite number"),
    "infinite": ("0,0,inf,muB/f.u.", "column 'value': found 'inf', expected a finite number"),
    "overflow": ("0,0,1e999,muB/f.u.", "column 'value': found '1e999', expected a finite number"),
    "text": ("0,0,about 30,muB/f.u.", "column 'value': found 'about 30', expected a number"),
    "empty": ("0,0,,muB/f.u.", "column 'value': found '', expected a number"),
    "digit groups": ("0,0,3_0,muB/f.u.", "column 'value': found '3_0', expected a number"),
    "decimal comma": ('0,0,"30,1",muB/f.u.', "column 'value': found '30,1', expected a number"),
    "no unit": ("0,0,30,", "column 'unit': empty, expected muB/f.u."),
    "wrong unit": ("0,0,30,muB", "column 'unit': found 'muB', expected muB/f.u. or one of"),
    "unit of another kind": ("0,0,30,eV", "column 'unit': found 'eV'"),
    "NaN coordinate": ("nan,0,30,muB/f.u.", "column 'a': found 'nan'"),
    "text coordinate": ("half,0,30,muB/f.u.", "column 'a': found 'half'"),
    "negative occupancy": ("-0.1,0,30,muB/f.u.", "a = -0.1, expected 0 to 1"),
    "occupancy above one": ("0,1.5,30,muB/f.u.", "b = 1.5, expected 0 to 1"),
    "sum above one": ("0.6,0.6,30,muB/f.u.", "0 <= 1-a-b <= 1 must hold"),
    "too few fields": ("0,0,30", "has 3 fields, expected 4"),
    "too many fields": ("0,0,30,muB/f.u.,", "has 5 fields, expected 4"),
    "T without volume": ("0,0,1.6,T", "give the column 'volume_A3_per_fu'"),
}


@pytest.mark.parametrize(("row", "said"), WRONG_ROWS.values(), ids=WRONG_ROWS.keys())
def test_a_wrong_row_is_named_with_file_line_and_what_was_found(tmp_path: Path, row: str, said: str) -> None:
    message = _error(tmp_path, f"a,b,value,unit\n0.1,0,30,muB/f.u.\n{row}\n")
    assert message.startswith(f"{tmp_path / 'table.csv'}: line 3: ")
    assert said in message


def test_all_wrong_rows_are_named_up_to_a_limit(tmp_path: Path) -> None:
    rows = [row for row, _ in WRONG_ROWS.values()]
    message = _error(tmp_path, "\n".join(["a,b,value,unit", *rows, ""]))
    lines = message.splitlines()
    assert [f"line {n}:" in line for n, line in enumerate(lines[:-1], 2)] == [True] * 8
    assert lines[-1] == f"… and {len(rows) - 8} more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the column 'value' is missing; found nothing"),
        ("a,b,unit\n0,0,T\n", "line 1: the column 'value' is missing; found a, b, unit"),
        ("a,b,value\n0,0,1\n", "line 1: the column 'unit' is missing"),
        ("a;b;value;unit\n0;0;1;T\n", "line 1: the column 'value' is missing; found a;b;value;unit"),
        ("a,b,value,unit\n", "holds no rows"),
        ("a,value,unit\n0,1,muB/f.u.\n", "line 2: expected the columns a, b, or a column 'formula'"),
        ("a,a,b,value,unit\n0,0,0,1,muB/f.u.\n", "line 1: the column 'a' stands there twice"),
        ('a,b,value,unit\n0,0,"1,muB/f.u.\n', "not a CSV table"),
        (b"a,b,value,unit\n0,0,1,\xb5B/f.u.\n", "cannot be read as UTF-8 text"),
        (GOOD.encode("utf-16"), "cannot be read as UTF-8 text"),
    ],
)
def test_an_unusable_table_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    message = _error(tmp_path, text)
    assert str(tmp_path / "table.csv") in message
    assert said in message


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / name, SPACE, "muB/f.u.")


def test_a_repeated_id_names_both_lines(tmp_path: Path) -> None:
    message = _error(tmp_path, GOOD + "1,0.75,0,33,muB/f.u.\n")
    assert "line 4: the id '1' stands in line 2 already" in message


def test_a_repeated_row_names_both_lines(tmp_path: Path) -> None:
    message = _error(tmp_path, GOOD + "3,0.5,0,30.0,muB/f.u.\n")
    assert "line 4: the same row as line 2" in message


@pytest.mark.parametrize("column", ["laboratory", "paper", "doi", "person", "sample", "note", "method"])
def test_the_same_value_from_elsewhere_is_another_fact(tmp_path: Path, column: str) -> None:
    rows = _read(tmp_path, f"a,b,value,unit,{column}\n0,0,1,muB/f.u.,one\n0,0,1,muB/f.u.,two\n")[0]
    assert len({row.key for row in rows}) == 2


def test_the_key_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    first = _read(tmp_path, GOOD)[0]
    header, one, two = GOOD.splitlines()
    assert [row.key for row in _read(tmp_path, f"{header}\n\n{two}\n{one}\n")[0]] == [
        row.key for row in reversed(first)
    ]


@pytest.mark.parametrize(
    ("formula", "x"),
    [("Nd2Fe14B", (0, 0)), ("PrNdFe14B", (0.5, 0)), ("Nd4Fe28B2", (0, 0)), ("Nd1.5La0.5Fe14B", (0, 0.25))],
)
def test_a_formula_alone_places_the_row(tmp_path: Path, formula: str, x: tuple[float, float]) -> None:
    (row,) = _read(tmp_path, f"formula,value,unit\n{formula},1,muB/f.u.\n")[0]
    assert row.x == pytest.approx(x, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("Nd2Co14B", "Co does not occur"),
        ("Nd2Fe17", "no member"),
        ("Xx2Fe14B", "Xx does not occur"),
        ("Nd(2Fe14B", "is no composition"),
        ("Nd3Pr-1Fe14B", "Pr"),
    ],
)
def test_a_foreign_formula_is_named(tmp_path: Path, formula: str, said: str) -> None:
    message = _error(tmp_path, f"formula,value,unit\n{formula},1,muB/f.u.\n")
    assert "line 2: column 'formula'" in message
    assert said in message


def test_formula_and_columns_must_agree(tmp_path: Path) -> None:
    message = _error(tmp_path, "formula,a,b,value,unit\nPrNdFe14B,0.4,0,1,muB/f.u.\n")
    assert "line 2" in message
    assert "a = 0.5" in message
    assert len(_read(tmp_path, "formula,a,b,value,unit\nPrNdFe14B,0.50003,0,1,muB/f.u.\n")[0]) == 1


@pytest.mark.parametrize("sigma", ["0", "-1", "nan", "large"])
def test_an_impossible_uncertainty_is_named(tmp_path: Path, sigma: str) -> None:
    message = _error(tmp_path, f"a,b,value,unit,uncertainty\n0,0,1,muB/f.u.,{sigma}\n")
    assert "line 2: column 'uncertainty'" in message


def test_polarization_needs_the_volume(tmp_path: Path) -> None:
    header = "a,b,value,unit,volume_A3_per_fu,uncertainty\n"
    (row,) = _read(tmp_path, header + "0,0,1.6,T,237,0.016\n")[0]
    assert row.value == pytest.approx(1.6 * 237 / 11.65406, rel=1e-6)
    assert row.uncertainty == pytest.approx(row.value / 100)
    assert (row.published_value, row.published_unit) == (1.6, "T")
    for volume in ("0", "-237", "nan", "big"):
        assert "line 2" in _error(tmp_path, header + f"0,0,1.6,T,{volume},\n")


def test_mass_units_take_the_molar_mass_of_the_formula(tmp_path: Path) -> None:
    (row,) = _read(tmp_path, "a,b,value,unit\n0,0,160,emu/g\n")[0]
    mass = 2 * 144.242 + 14 * 55.845 + 10.81
    assert row.value == pytest.approx(160 * mass / 5584.939, rel=1e-4)


def test_a_space_without_formula_cannot_convert_masses(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="molar mass"):
        _read(tmp_path, "t,value,unit\n0.5,160,emu/g\n", space=Space((Variable("t", 0, 1),)))


def test_units_that_are_no_magnetization_must_be_equal(tmp_path: Path) -> None:
    space = Space((Variable("t", 0, 1),))
    assert _read(tmp_path, "t,value,unit\n0.5,160,K\n", "K", space)[0][0].value == 160
    with pytest.raises(DataError, match="found 'meV', expected K"):
        _read(tmp_path, "t,value,unit\n0.5,160,meV\n", "K", space)


@given(cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=4, max_size=5))
def test_any_text_is_read_or_refused_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    text = "a,b,value,unit\n" + ",".join(cells) + "\n"
    with contextlib.suppress(DataError):
        _read(tmp_path_factory.getbasetemp(), text)
