"""Units that measurement files use, and what one of each is in the table's own units.

Only the spellings listed here are accepted: a unit that is guessed is a wrong number sooner or later.
"""

from __future__ import annotations

import math
import re

PER_OERSTED = 1e3 / (4 * math.pi)
"""One oersted in A/m."""

_PER_TESLA = 1 / (4e-7 * math.pi)

_FIELD = {
    "oe": PER_OERSTED,
    "oersted": PER_OERSTED,
    "koe": 1e3 * PER_OERSTED,
    # In air one gauss goes with one oersted.
    "g": PER_OERSTED,
    "gauss": PER_OERSTED,
    "kg": 1e3 * PER_OERSTED,
    "t": _PER_TESLA,
    "tesla": _PER_TESLA,
    "mt": 1e-3 * _PER_TESLA,
    "a/m": 1.0,
    "ka/m": 1e3,
}
_MOMENT = {"emu": 1e-3, "memu": 1e-6, "uemu": 1e-9, "am2": 1.0, "mam2": 1e-3, "uam2": 1e-6, "j/t": 1.0, "erg/g": 1e-3}
_SPECIFIC = {"emu/g": 1.0, "emu/gram": 1.0, "am2/kg": 1.0, "j/t/kg": 1.0, "memu/g": 1e-3}
_MAGNETIZATION = {"emu/cm3": 1e3, "emu/cc": 1e3, "a/m": 1.0, "ka/m": 1e3}
_TEMPERATURE = {"k": 1.0, "kelvin": 1.0}
_TIME = {"sec": 1.0, "s": 1.0, "seconds": 1.0, "min": 60.0}

FACTORS = {
    "field": _FIELD,
    "moment": _MOMENT,
    "specific_moment": _SPECIFIC,
    "magnetization": _MAGNETIZATION,
    "temperature": _TEMPERATURE,
    "time": _TIME,
}
"""Accepted spellings by quantity, normalized, and the value of one in the unit of :data:`TABLE_UNITS`."""

TABLE_UNITS = {
    "field": "A/m",
    "moment": "A.m2",
    "specific_moment": "A.m2/kg",
    "magnetization": "A/m",
    "temperature": "K",
    "time": "s",
}
"""Units of a measurement's table."""

_PER = re.compile(r"(kg|cm|m|g|t)-(?:1|(3))")
"""``kA m-1``, ``emu g-1``, ``emu cm-3``."""

_CELSIUS = {"c", "°c", "degc", "celsius"}


def factor_of(quantity: str, unit: str) -> tuple[float, float] | None:
    """Give factor and offset of the conversion to the table's unit; None where the unit is not accepted.

    Parameters
    ----------
    quantity
        A key of :data:`FACTORS`.
    unit
        As written in the file.
    """
    text = normalized(unit)
    if quantity == "temperature" and text in _CELSIUS:
        return 1.0, 273.15
    factor = FACTORS[quantity].get(text)
    return None if factor is None else (factor, 0.0)


def normalized(unit: str) -> str:
    """Write a unit without case, blanks, brackets, multiplication signs, raised digits and negative powers."""
    text = unit.strip().strip("()[]").lower()
    plain: dict[str, str | int | None] = {
        "²": "2",
        "³": "3",
        "⁻": "-",
        "−": "-",
        "¹": "1",
        "µ": "u",
        "μ": "u",
        "·": "",
        "*": "",
    }
    text = text.translate(str.maketrans(plain))
    return _PER.sub(r"/\1\2", re.sub(r"[\s^.]", "", text))
