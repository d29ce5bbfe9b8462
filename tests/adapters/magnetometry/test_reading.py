"""Files of magnetometers in every dialect: the same numbers, or a refusal with its reason."""

from __future__ import annotations

import gzip
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.magnetometry import Measurement, RejectedMeasurement, read_measurement
from adapters.magnetometry.units import PER_OERSTED
from loop.errors import DoukaError

SHARED = Path(__file__).parents[4] / "shared" / "data" / "fixtures"
FIELDS = [-20000.0, -10000.5, 0.25, 10000.0, 20000.0]
MOMENTS = [-1.5, -1.25, 0.125, 1.25, 1.5]
NAMES = "Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Moment (emu),M. Std. Err. (emu)"
MORE = (
    ",Coil Signal' (mV),Coil Signal\" (mV),Mass (grams),VSM Status (code),"
    "Bridge 1 Resistance (ohms),Bridge 1 Excitation (µA)"
)
HEADER = """[Header]
; VSM Data File (default extension .dat)
TITLE,made for a test
FILEOPENTIME,35309680.81,02/12/2025,3:36 pm
BYAPP,VSM,2.0,2.0
INFO,PPMS VSM Option Release 1.4.10 Build 1,APPNAME
INFO,Nd, Fe and B, arc melted,SAMPLE_MATERIAL
INFO,54.86,SAMPLE_MASS
INFO,(1.98, 1.99, 2.70),SAMPLE_SIZE
DATATYPE,COMMENT,1
[Data]
"""


def _lines(names: str = NAMES + MORE) -> list[str]:
    tail = ",0.1,0.2,50.6,0,," if names.endswith(MORE) else ""
    return [f",{n}.5,300.0{n},{h},{m},0.001{tail}" for n, (h, m) in enumerate(zip(FIELDS, MOMENTS, strict=True))]


def _text(header: str = HEADER, names: str = NAMES + MORE, lines: list[str] | None = None) -> str:
    return header + names + "\n" + "\n".join(_lines(names) if lines is None else lines) + "\n"


def _read(tmp_path: Path, content: str | bytes, name: str = "a.dat", **given: object) -> Measurement:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_measurement(file, **given)  # type: ignore[arg-type]


def _refused(tmp_path: Path, content: str | bytes, name: str = "a.dat", **given: object) -> RejectedMeasurement:
    with pytest.raises(RejectedMeasurement) as caught:
        _read(tmp_path, content, name, **given)
    assert caught.value.file.endswith(name)
    assert caught.value.reason
    assert caught.value.remedy
    return caught.value


def _is_whole(measurement: Measurement) -> None:
    np.testing.assert_allclose(measurement.field, np.array(FIELDS) * 1000 / (4 * math.pi), rtol=1e-12)
    np.testing.assert_allclose(measurement.signal, np.array(MOMENTS) * 1e-3, rtol=1e-12)


def _spreadsheet(text: str, separator: str) -> str:
    """As a spreadsheet saves it: every line as wide as the widest, quotes doubled where there is one."""
    rows = [line.split(",") for line in text.splitlines()]
    width = max(map(len, rows))
    cells = [[c.replace('"', '""').join('""') if '"' in c else c for c in row] for row in rows]
    return "\r\n".join(separator.join(row + [""] * (width - len(row))) for row in cells) + "\r\n"


DIALECTS = {
    "the line [Data] lost": _text().replace("[Data]\n", "").encode(),
    "cp1252": _text().encode("cp1252"),
    "UTF-8": _text().encode(),
    "UTF-8 with a mark": _text().encode("utf-8-sig"),
    "UTF-16 with a mark": _text().encode("utf-16"),
    "UTF-16 without": _text().encode("utf-16-le"),
    "CRLF": _text().replace("\n", "\r\n").encode("cp1252"),
    "CR": _text().replace("\n", "\r").encode("cp1252"),
    "compressed": gzip.compress(_text().encode("cp1252")),
    "tabs of a spreadsheet": _spreadsheet(_text(), "\t").encode("utf-16"),
    "semicolons of a spreadsheet": _spreadsheet(_text(), ";").encode("utf-8-sig"),
    "commas of a spreadsheet": _spreadsheet(_text(), ",").encode("utf-8-sig"),
    "whole lines in quotes": "\n".join(f'"{line}"' for line in HEADER.splitlines()).encode()
    + b"\n"
    + (NAMES + "\n" + "\n".join(_lines(NAMES))).encode()
    + b"\n",
    "decimal commas": _spreadsheet(_text(), "\t").replace(".", ",").replace("Std, Err,", "Std. Err.").encode(),
    "blank lines": _text().replace("\n", "\n\n").encode(),
    "blanks in names": _text(names=NAMES.replace("Magnetic Field (Oe)", " Magnetic  Field(Oe) ")).encode(),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_says_the_same(tmp_path: Path, dialect: str) -> None:
    measurement = _read(tmp_path, DIALECTS[dialect])
    _is_whole(measurement)
    assert measurement.mode == "VSM"
    assert measurement.specimen.mass_mg == pytest.approx(54.86)
    assert measurement.specimen.edges_mm == pytest.approx((1.98, 1.99, 2.70))
    assert measurement.units["field"] == "A/m"
    assert measurement.units["moment"] == "A.m2"
    np.testing.assert_allclose(measurement.temperature, [300.0, 300.01, 300.02, 300.03, 300.04])


def test_the_table_carries_its_units(tmp_path: Path) -> None:
    table = _read(tmp_path, _text()).table
    assert list(table.columns) == ["moment", "moment_error", "temperature", "field", "time"]
    assert table.attrs["units"]["temperature"] == "K"
    assert len(table) == 5


def test_commas_in_values_and_comments_are_no_separators(tmp_path: Path) -> None:
    lines = _lines()
    lines[0] = "offset = 35.3 mm, touchdown = 9.7, again" + lines[0]
    measurement = _read(tmp_path, _text(lines=lines))
    _is_whole(measurement)
    assert measurement.specimen.name == "Nd, Fe and B, arc melted"


def test_a_quote_that_is_not_closed_ends_with_its_line(tmp_path: Path) -> None:
    lines = _lines()
    lines[1] = '"started' + lines[1]
    _is_whole(_read(tmp_path, _text(lines=lines)))


@pytest.mark.parametrize(
    ("info", "mass"),
    [
        ("INFO,54.86,SAMPLE_MASS", 54.86),
        ("INFO,54.86 mg,SAMPLE_MASS", 54.86),
        ("INFO,0.05486 g,SAMPLE_MASS", 54.86),
        ("INFO,54.86,MASS:Sample Mass (mg)", 54.86),
        ("INFO,,SAMPLE_MASS", None),
        ("INFO,0,SAMPLE_MASS", None),
        ("INFO,0.000,SAMPLE_MASS", None),
        ("INFO,-3,SAMPLE_MASS", None),
        ("INFO,about fifty,SAMPLE_MASS", None),
        ("INFO,WEIGHT,54.86", None),
        ("INFO,none,SAMPLE_COMMENT", None),
    ],
)
def test_a_mass_is_read_or_missing_and_never_assumed(tmp_path: Path, info: str, mass: float | None) -> None:
    measurement = _read(tmp_path, _text(HEADER.replace("INFO,54.86,SAMPLE_MASS", info)))
    assert measurement.specimen.mass_mg == (None if mass is None else pytest.approx(mass))
    assert (mass is None) == any("mass" in remark for remark in measurement.remarks)


def test_what_a_person_states_is_taken(tmp_path: Path) -> None:
    measurement = _read(tmp_path, _text(), mass_mg=12.5, size_mm=(1, 2, 3))
    assert (measurement.specimen.mass_mg, measurement.specimen.edges_mm) == (12.5, (1.0, 2.0, 3.0))
    assert not any("unit" in remark for remark in measurement.remarks)
    for wrong in (
        {"mass_mg": 0.0},
        {"mass_mg": math.nan},
        {"size_mm": (1, 2)},
        {"size_mm": (1, 2, -3)},
        {"mode": "AC"},
    ):
        with pytest.raises(ValueError, match=r"expected|AC"):
            _read(tmp_path, _text(), **wrong)


@pytest.mark.parametrize(
    ("size", "edges"),
    [
        ("(1.98, 1.99, 2.70)", (1.98, 1.99, 2.7)),
        ("1.98 x 1.99 x 2.70 mm", (1.98, 1.99, 2.7)),
        ("1,98 × 1,99 × 2,70 mm", (1.98, 1.99, 2.7)),
        ("0.198 cm x 0.199 cm x 0.27 cm", (1.98, 1.99, 2.7)),
        ("2x2x3", (2, 2, 3)),
        ("2,2,3", (2, 2, 3)),
        ("5mm x 5mm", None),
        ("a chip", None),
        ("0 x 1 x 1", None),
    ],
)
def test_a_size_is_three_edges_or_missing(tmp_path: Path, size: str, edges: tuple[float, ...] | None) -> None:
    found = _read(tmp_path, _text(HEADER.replace("(1.98, 1.99, 2.70)", size))).specimen.edges_mm
    assert found == (None if edges is None else pytest.approx(edges))


@pytest.mark.parametrize(
    ("column", "mode"),
    [
        ("DC Moment Fixed Ctr (emu)", "DC"),
        ("DC Moment Free Ctr (emu)", "DC"),
        ("Long Moment (emu)", "DC"),
        ("M-DC (emu)", "ACMS"),
    ],
)
def test_the_moment_is_where_the_mode_keeps_it(tmp_path: Path, column: str, mode: str) -> None:
    measurement = _read(tmp_path, _text(names=NAMES.replace("Moment (emu)", column)))
    _is_whole(measurement)
    assert (measurement.mode, measurement.headings["moment"]) == (mode, column)


def test_fixed_centre_comes_before_free_centre_and_empty_columns_are_passed_over(tmp_path: Path) -> None:
    names = (
        "Comment,Temperature (K),Magnetic Field (Oe),Moment (emu),DC Moment Free Ctr (emu),DC Moment Fixed Ctr (emu)"
    )
    lines = [f",300,{h},nan,99,{m}" for h, m in zip(FIELDS, MOMENTS, strict=True)]
    measurement = _read(tmp_path, _text(names=names, lines=lines))
    _is_whole(measurement)
    assert measurement.headings["moment"] == "DC Moment Fixed Ctr (emu)"


def test_several_modes_must_be_told_apart(tmp_path: Path) -> None:
    names = "Comment,Temperature (K),Magnetic Field (Oe),Moment (emu),DC Moment Fixed Ctr (emu)"
    lines = [f",300,{h},{m},{2 * m}" for h, m in zip(FIELDS, MOMENTS, strict=True)]
    text = _text(names=names, lines=lines)
    assert "VSM" in _refused(tmp_path, text).reason
    assert _read(tmp_path, text, mode="DC").signal[-1] == pytest.approx(3e-3)


def test_rows_marked_as_faulty_and_rows_without_a_moment_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = _lines()
    lines.insert(2, lines[2].replace(",50.6,0,", ",50.6,3,"))
    lines.insert(0, ",0,300,0,,,0,0,50,0,,")
    lines.insert(4, ",0,300,0,OVER,,0,0,50,0,,")
    measurement = _read(tmp_path, _text(lines=lines))
    _is_whole(measurement)
    assert any("1 rows with an error in 'VSM Status (code)'" in remark for remark in measurement.remarks)
    assert any("1 rows hold text" in remark for remark in measurement.remarks)
    assert any("1 rows without a moment" in remark for remark in measurement.remarks)


@pytest.mark.parametrize("cut", [",4.5,300.04,2000", ",4.5,300.04,20000.0,1", ",4.5,30"])
def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path, cut: str) -> None:
    text = _text(names=NAMES, lines=[*_lines(NAMES), cut]).rstrip("\n")
    measurement = _read(tmp_path, text)
    _is_whole(measurement)
    assert any("ends in the middle" in remark for remark in measurement.remarks)


def test_a_number_cut_short_in_the_last_column_is_left_out(tmp_path: Path) -> None:
    text = "T (K),H (Oe),M (emu)\n300,1000,1.234e-3\n300,2000,2.234e-3\n300,3000,3.23"
    measurement = _read(tmp_path, text, "a.csv")
    np.testing.assert_allclose(measurement.signal, [1.234e-6, 2.234e-6])


def test_a_whole_last_line_without_a_line_end_is_kept(tmp_path: Path) -> None:
    _is_whole(_read(tmp_path, _text().rstrip("\n")))


def test_two_measurements_in_one_file_must_be_told_apart(tmp_path: Path) -> None:
    other = HEADER.replace("54.86", "11.1")
    for both in (_text() + _text(other), _text() + NAMES + MORE + "\n" + "\n".join(_lines()) + "\n"):
        assert "2 measurements" in _refused(tmp_path, both).reason
        _is_whole(_read(tmp_path, both, part=2))
        assert "no part 3" in _refused(tmp_path, both, part=3).reason
    assert _read(tmp_path, _text() + _text(other), part=2).specimen.mass_mg == pytest.approx(11.1)


TABLES = {
    "units in brackets": "Field (Oe),Moment (emu),Temperature (K)\n",
    "units in a row": "field,moment,temperature\nOe,emu,K\n",
    "units in a row, in brackets": "field,moment,temperature\n(Oe),(emu),(K)\n",
    "symbols beside units": "Magnetic Field (H) [Oe],Moment (m) [emu],Temperature (T) [K]\n",
    "units in square brackets": "H [Oe],m [emu],T [K]\n".replace("m [", "Moment ["),
    "units after a slash": "Field / Oe,Moment / emu,Temperature / K\n",
    "units after an underscore": "field_Oe,moment_emu,temperature_K\n",
    "lines of a key and a value": "# VSM\nSample Mass: 54.86 mg\n\nField (Oe),Moment (emu),Temperature (K)\n",
}


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_plain_tables(tmp_path: Path, form: str, separator: str) -> None:
    rows = "".join(f"{h},{m},300\n" for h, m in zip(FIELDS, MOMENTS, strict=True))
    measurement = _read(tmp_path, (TABLES[form] + rows).replace(",", separator), "a.csv")
    _is_whole(measurement)
    if "Mass" in TABLES[form]:
        assert measurement.specimen.mass_mg == pytest.approx(54.86)
    else:
        assert measurement.specimen.mass_mg is None


def test_columns_parted_by_blanks(tmp_path: Path) -> None:
    rows = "".join(f"  {h:12.4f}   {m:+.5e}\n" for h, m in zip(FIELDS, MOMENTS, strict=True))
    measurement = _read(tmp_path, f"Lake Shore 7407\nMass (mg): 54.86\n\nField(Oe)    Moment(emu)\n{rows}\n", "a.txt")
    _is_whole(measurement)
    assert measurement.specimen.mass_mg == pytest.approx(54.86)
    assert np.isnan(measurement.temperature).all()


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("Oe", PER_OERSTED),
        ("kOe", 1e3 * PER_OERSTED),
        ("T", 1e4 * PER_OERSTED),
        ("A/m", 1),
        ("kA/m", 1e3),
        ("kA·m⁻¹", 1e3),
        ("A m^-1", 1),
    ],
)
def test_units_of_the_field(tmp_path: Path, unit: str, factor: float) -> None:
    assert _read(tmp_path, f"H ({unit}),Moment (emu)\n2,1\n", "a.csv").field[0] == pytest.approx(2 * factor, rel=1e-9)


def test_a_column_of_errors_is_no_column_of_codes(tmp_path: Path) -> None:
    text = "Field (Oe),Moment (emu),Error\n1,2,1.5e-3\n2,3,0.25\n3,4,E17\n4,5,7\n5,6,ok\n"
    np.testing.assert_allclose(_read(tmp_path, text, "a.csv").signal * 1e3, [2, 3, 6])


def test_the_status_of_the_cryostat_is_no_error(tmp_path: Path) -> None:
    names = NAMES.replace("Comment,", "Comment,Status (code),")
    lines = [",4961" + line for line in _lines(NAMES)]
    _is_whole(_read(tmp_path, _text(names=names, lines=lines)))
    text = "Field (Oe),Moment (emu),Status\n1,2,ok\n2,3,overload\n3,4,OK\n"
    np.testing.assert_allclose(_read(tmp_path, text, "a.csv").signal * 1e3, [2, 4])


def test_celsius_and_moments_by_mass(tmp_path: Path) -> None:
    measurement = _read(tmp_path, "T (°C);H (T);M (Am²/kg)\n26,85;1;2,5\n", "a.csv")
    assert measurement.temperature[0] == pytest.approx(300.0)
    assert (measurement.quantity, measurement.signal[0]) == ("specific_moment", 2.5)


REFUSALS = {
    "empty": ("", "empty"),
    "header only": (HEADER, "no rows"),
    "headings only": (_text(lines=[]), "no rows"),
    "a resistance log": (
        _text(
            names="Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Bridge 1 Resistance (ohms)",
            lines=[",1,300,0,12.5"],
        ),
        "resistances",
    ),
    "no moment": (_text(names="Comment,Temperature (K),Magnetic Field (Oe)", lines=[",300,0"]), "no column of moments"),
    "moments empty": (_text(lines=[f",{n},300,{h},,,,,,0,," for n, h in enumerate(FIELDS)]), "empty in all 5 rows"),
    "moments not a number": (
        _text(lines=[f",{n},300,{h},NaN,,,,,0,," for n, h in enumerate(FIELDS)]),
        "empty in all 5 rows",
    ),
    "every row faulty": (_text(lines=[line.replace(",50.6,0,", ",50.6,1,") for line in _lines()]), "marked as faulty"),
    "two moments": ("Field (Oe),Moment (emu),Moment (emu)\n1,2,3\n", "several columns of moments"),
    "no unit": ("Field,Moment\n1,2\n", "no unit"),
    "unknown unit": ("Field (furlong),Moment (emu)\n1,2\n", "furlong"),
    "moment in volts": ("Field (Oe),Moment (V)\n1,2\n", "'V'"),
    "two fields": ("Field (Oe),H (Oe),Moment (emu)\n1,1,2\n", "several columns of field"),
    "points and commas": ("Field (Oe);Moment (emu)\n1,5;2.5\n", "decimal point"),
    "decimal commas between commas": ("Field (Oe),Moment (emu)\n1,5,2,5\n1,6,2,6\n", "more cells"),
    "a field of a thousand tesla": ("Field (T),Moment (emu)\n1000,2\n", "100 T at most"),
    "colder than nothing": ("Temperature (K),Moment (emu)\n-5,2\n", "0 to 3000 K"),
    "thousands": ('Field (Oe);Moment (emu)\n"10.000,5";0,5\n', "text instead of numbers"),
    "prose": ("Dear colleague,\nthe sample is lost.\n", "no table"),
    "a workbook": (b"PK\x03\x04rest", "Excel"),
    "zero bytes": (_text().encode() + b"\x00\x00\x00", "zero bytes"),
    "a broken archive": (gzip.compress(_text().encode())[:-9], "damaged"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, case: str) -> None:
    content, reason = REFUSALS[case]
    refusal = _refused(tmp_path, content)
    assert reason in refusal.reason
    assert isinstance(refusal, DoukaError)
    assert pickle.loads(pickle.dumps(refusal)).reason == refusal.reason  # noqa: S301


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.dat", tmp_path):
        with pytest.raises(RejectedMeasurement):
            read_measurement(path)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 800))
def test_nothing_but_refusals_comes_out_of_damaged_files(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.dat"
    whole = _text().encode()
    file.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        measurement = read_measurement(file)
    except RejectedMeasurement:
        return
    assert np.isfinite(measurement.signal).all()


@pytest.mark.skipif(not SHARED.is_dir(), reason="real files are not in the repository")
@pytest.mark.parametrize(
    ("name", "rows", "mass", "edges"),
    [
        ("qd_vsm_magmeas_VSM_MH.DAT.gz", 4864, 54.86, (1.98, 1.99, 2.70)),
        ("qd_mpms3_brimmler_MH_300K.dat", 199, None, None),
        ("qd_mpms_nomad_MPMS_test.dat", 1122, 11.134, None),
    ],
)
def test_real_files(name: str, rows: int, mass: float | None, edges: tuple[float, ...] | None) -> None:
    measurement = read_measurement(SHARED / name)
    assert (len(measurement.signal), measurement.specimen.mass_mg, measurement.specimen.edges_mm) == (rows, mass, edges)
    assert abs(measurement.signal).max() > 0
