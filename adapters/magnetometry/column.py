"""What the columns of a measurement file mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_UNIT = re.compile(
    r"^(?P<name>.*?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|[/,]\s*(?P<slash>[^\s/]\S*))\s*$"
)
_SUFFIX = re.compile(
    r"^(?P<name>[A-Za-z0]+)[ _](?P<unit>koe|oe|gauss|g|t|mt|tesla|k|emu|am2|a/m|ka/m|emu/g)$", re.IGNORECASE
)


class Mode(StrEnum):
    """How the moment was measured."""

    VSM = "VSM"
    DC = "DC"
    ACMS = "ACMS"
    TABLE = "table"


TEMPERATURE = {"temperature", "temp", "temp.", "t", "sample temperature", "sample temp", "sample temp."}
FIELD = {
    "magnetic field",
    "field",
    "applied field",
    "h",
    "applied magnetic field",
    "field strength",
    "µ0h",
    "mu0h",
    "b",
}
TIME = {"time stamp", "timestamp", "time"}
COMMENT = {"comment", "comments"}

MOMENTS = {
    "moment": Mode.VSM,
    "m": Mode.TABLE,
    "magnetic moment": Mode.TABLE,
    "magnetization": Mode.TABLE,
    "magnetisation": Mode.TABLE,
    "mass magnetization": Mode.TABLE,
    "specific magnetization": Mode.TABLE,
    "dc moment fixed ctr": Mode.DC,
    "dc moment fixed ctr.": Mode.DC,
    "dc moment fixed center": Mode.DC,
    "dc moment free ctr": Mode.DC,
    "dc moment free ctr.": Mode.DC,
    "dc moment free center": Mode.DC,
    "dc moment": Mode.DC,
    "long moment": Mode.DC,
    "m-dc": Mode.ACMS,
    "m dc": Mode.ACMS,
    "dc magnetization": Mode.ACMS,
}
"""Names of moment columns and how each was measured; of several in one mode the earlier listed counts."""

ERRORS = {
    "m. std. err": "moment",
    "m. std. err.": "moment",
    "m std err": "moment",
    "m std. err.": "moment",
    "moment std err": "moment",
    "std. err.": "moment",
    "moment error": "moment",
    "dc moment err fixed ctr": "dc moment fixed ctr",
    "dc moment err. fixed ctr": "dc moment fixed ctr",
    "err fixed ctr": "dc moment fixed ctr",
    "dc moment err free ctr": "dc moment free ctr",
    "m-std.dev": "m-dc",
    "m-std.dev.": "m-dc",
    "m-std. dev.": "m-dc",
}
"""Names of columns with standard errors, and the moment column each belongs to."""

FLAGS = {"vsm status", "squid status", "motor status", "acms status", "error", "error code", "error flag", "flag"}
"""Columns of codes in which anything but zero says that the row is not to be believed."""

WORDS = {"status"}
"""Columns of words that do; as a code it is the whole cryostat's, which is hardly ever zero."""

_SYMBOL = re.compile(r"\s*\((?:m|h|t|b|x|y|z|µ0h|mu0h)\)$")

ALTERNATING = {"m'", "m''", "ac moment", "ac susceptibility", "ac x'", "chi'", "ac suscept."}


@dataclass(frozen=True)
class Column:
    """A column's heading.

    Parameters
    ----------
    index
        Place in the row.
    heading
        As it stands in the file.
    name
        Without unit, in lower case, blanks single.
    unit
        As written; empty where the heading names none.
    """

    index: int
    heading: str
    name: str
    unit: str


def column_of(index: int, heading: str, unit: str = "") -> Column:
    """Read a heading such as ``Magnetic Field (Oe)``, ``field_Oe`` or ``H [A/m]``.

    Parameters
    ----------
    index
        Place in the row.
    heading
        As it stands in the file.
    unit
        From a row of units below; empty where there is none.
    """
    text = " ".join(heading.replace("\ufeff", "").split()).strip('"')
    found = _UNIT.match(text) or _SUFFIX.match(text)
    if found is None:
        return Column(index, heading, text.lower(), unit)
    parts = found.groupdict()
    stated = next((part for key, part in parts.items() if key != "name" and part is not None), "")
    name = parts["name"].lower().replace("_", " ").strip()
    # "Moment (m) [emu]": a symbol beside the unit.
    return Column(index, heading, _SYMBOL.sub("", name.replace("μ", "µ")), unit or stated.strip())


def is_known(column: Column) -> bool:
    """Whether a column carries a temperature, a field or a moment."""
    return column.name in TEMPERATURE or column.name in FIELD or column.name in MOMENTS
