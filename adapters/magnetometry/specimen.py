"""What was measured: mass and geometry of the specimen, as the file or a person states them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MG = {"mg": 1.0, "milligram": 1.0, "milligrams": 1.0, "g": 1e3, "gram": 1e3, "grams": 1e3, "ug": 1e-3, "kg": 1e6}
_MM = {"mm": 1.0, "cm": 10.0, "um": 1e-3, "m": 1e3}
_AMOUNT = re.compile(r"^\s*(?P<number>[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?)\s*(?P<unit>[A-Za-zµμ]*)\.?\s*$")
_EDGE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>mm|cm|[µμu]m|m)?(?![A-Za-z])")
_UNIT_IN_KEY = re.compile(r"[(\[]\s*(?P<unit>[A-Za-zµμ]+)\s*[)\]]\s*$")
_MASS_KEYS = ("sample_mass", "sample mass", "sample weight", "mass", "weight")
_SIZE_KEYS = ("sample_size", "sample size", "size", "dimensions", "sample dimensions")
_NAME_KEYS = ("sample_material", "sample name", "sample", "sample id", "name", "title")


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """Mass and geometry of what was measured.

    Parameters
    ----------
    name
        As the file calls it.
    mass_mg, mass_uncertainty_mg
        Mass and its standard uncertainty in mg; None where it is not stated.
    edges_mm, edge_uncertainty_mm
        Edges of a rectangular prism in mm, the last one along the field, and the standard uncertainty of each.
    """

    name: str = ""
    mass_mg: float | None = None
    mass_uncertainty_mg: float = 0.0
    edges_mm: tuple[float, float, float] | None = None
    edge_uncertainty_mm: float = 0.0

    @property
    def volume_mm3(self) -> float | None:
        """Volume of the prism."""
        return None if self.edges_mm is None else math.prod(self.edges_mm)

    @property
    def density(self) -> float | None:
        """Mass by volume in g/cm³ (mg/mm³), where both are known."""
        return None if self.mass_mg is None or self.volume_mm3 is None else self.mass_mg / self.volume_mm3

    @property
    def volume_uncertainty(self) -> float:
        """Relative standard uncertainty of the volume."""
        return math.sqrt(sum((self.edge_uncertainty_mm / edge) ** 2 for edge in self.edges_mm or ()))


def specimen_of(header: Mapping[str, str]) -> tuple[Specimen, list[str]]:
    """Read the specimen from a file's header.

    Parameters
    ----------
    header
        Keys and values. ``SAMPLE_MASS`` is in mg where it names no unit, as Quantum Design defines it; any other mass
        must name its unit. ``SAMPLE_SIZE`` is in mm where it names none.

    Returns
    -------
    specimen, remarks
        What could be read, and what could not in words.
    """
    plain = {key.lower().strip(): value for key, value in header.items()}
    mass, mass_step, remarks = _mass(plain)
    edges, edge_step, about_size = _size(plain)
    name = next((plain[key] for key in _NAME_KEYS if plain.get(key)), "")
    specimen = Specimen(
        name=name, mass_mg=mass, mass_uncertainty_mg=mass_step, edges_mm=edges, edge_uncertainty_mm=edge_step
    )
    return specimen, remarks + about_size


def stated(text: str, units: Mapping[str, float], default: str = "") -> tuple[float, float] | None:
    """Read an amount with its unit.

    Parameters
    ----------
    text
        Such as ``54.86 mg`` or ``0,05486 g``.
    units
        Accepted units and what one of each is worth.
    default
        Unit where none is written; an empty one refuses such a text.

    Returns
    -------
    value, step
        The value and its last digit, None where the text is no such amount.
    """
    found = _AMOUNT.match(text)
    if found is None:
        return None
    unit = (found["unit"] or default).replace("µ", "u").replace("μ", "u")
    factor = units.get(unit.lower())
    if factor is None:
        return None
    return float(found["number"].replace(",", ".")) * factor, _last_digit(found["number"]) * factor


def mass_in_mg(text: str) -> float | None:
    """Read a mass that names its unit: ``54.86 mg``; None where it does not, or is not positive."""
    found = stated(text, _MG)
    return found[0] if found is not None and 0 < found[0] < math.inf else None


def edges_in_mm(text: str) -> tuple[float, float, float] | None:
    """Read the three edges of a prism: ``1.98 x 1.99 x 2.70 mm``, ``(1.98, 1.99, 2.70)``; None for anything else."""
    return _edges(text)[0]


def _mass(header: Mapping[str, str]) -> tuple[float | None, float, list[str]]:
    for key, value in header.items():
        base = _UNIT_IN_KEY.sub("", key).strip()
        if base not in _MASS_KEYS or not value.strip():
            continue
        in_key = _UNIT_IN_KEY.search(key)
        default = "mg" if key == "sample_mass" else in_key["unit"] if in_key else ""
        found = stated(value, _MG, default)
        if found is None:
            return None, 0.0, [f"the mass {value!r} ({key}) is not understood or names no unit, so it is not used"]
        if not 0 < found[0] < math.inf:
            return None, 0.0, [f"the mass is stated as {value}, which is none"]
        return found[0], found[1], []
    return None, 0.0, ["no mass is stated"]


def _size(header: Mapping[str, str]) -> tuple[tuple[float, float, float] | None, float, list[str]]:
    for key, value in header.items():
        in_key = _UNIT_IN_KEY.search(key)
        if _UNIT_IN_KEY.sub("", key).strip() not in _SIZE_KEYS or not value.strip():
            continue
        edges, step = _edges(f"{value} {in_key['unit']}" if in_key else value)
        if edges is None:
            return None, 0.0, [f"the size {value!r} is no three edges of a prism, so it is not used"]
        remarks = [] if re.search("[a-z]m", value) or in_key else [f"the size {value!r} names no unit: taken as mm"]
        return edges, step, remarks
    return None, 0.0, ["no size is stated"]


def _edges(text: str) -> tuple[tuple[float, float, float] | None, float]:
    # In "(1,98; 1,99; 2,70)" the comma is a decimal one, in "(1.98, 1.99, 2.70)" and "2,2,3" it separates.
    is_decimal = "." not in text and re.search(r"[;\tx×*]", text)
    plain = re.sub(r"[x×*;\t]", " ", text if is_decimal else text.replace(",", " "))
    found = list(_EDGE.finditer(plain))
    if len(found) != 3:
        return None, 0.0
    last = found[-1]["unit"]
    values = [_MM[(one["unit"] or last or "mm").replace("µ", "u").replace("μ", "u")] for one in found]
    edges = [float(one["number"].replace(",", ".")) * unit for one, unit in zip(found, values, strict=True)]
    if min(edges) <= 0:
        return None, 0.0
    return (edges[0], edges[1], edges[2]), max(_last_digit(one["number"]) for one in found) * max(values)


def _last_digit(number: str) -> float:
    mantissa, _, exponent = number.lower().replace(",", ".").partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(10.0 ** (int(exponent or 0) - decimals))


def replaced(specimen: Specimen, mass_mg: float | None, edges_mm: Sequence[float] | None) -> Specimen:
    """Give a specimen with what a person states in place of what the file does; the last digit is its uncertainty.

    Raises
    ------
    ValueError
        Where a mass or an edge is not positive, or there are not three edges.
    """
    mass, mass_step = specimen.mass_mg, specimen.mass_uncertainty_mg
    edges, edge_step = specimen.edges_mm, specimen.edge_uncertainty_mm
    if mass_mg is not None:
        if not 0 < mass_mg < math.inf:
            raise ValueError(f"a mass of {mass_mg:g} mg, expected a positive one")
        mass, mass_step = float(mass_mg), _last_digit(repr(float(mass_mg)))
    if edges_mm is not None:
        if len(edges_mm) != 3 or not all(0 < edge < math.inf for edge in edges_mm):
            raise ValueError(f"edges of {edges_mm} mm, expected three positive ones, the last along the field")
        edges = (float(edges_mm[0]), float(edges_mm[1]), float(edges_mm[2]))
        edge_step = max(_last_digit(repr(float(edge))) for edge in edges)
    return Specimen(
        name=specimen.name,
        mass_mg=mass,
        mass_uncertainty_mg=mass_step,
        edges_mm=edges,
        edge_uncertainty_mm=edge_step,
    )
