"""What the finite-temperature model learns from: one value a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Quantity = Literal["magnetization", "curie_temperature"]


class Reading(Protocol):
    """Anything with these attributes is a row."""

    @property
    def x(self) -> tuple[float, ...]:
        """Design point (d,)."""

    @property
    def quantity(self) -> str:
        """``"magnetization"`` or ``"curie_temperature"``."""

    @property
    def source(self) -> str:
        """``"calculation"`` or ``"experiment"``."""

    @property
    def temperature(self) -> float:
        """In K; 0 for calculations."""

    @property
    def value(self) -> float:
        """In the one unit of the quantity; K for Curie temperatures."""

    @property
    def deviation(self) -> float | None:
        """Stated standard uncertainty, in the unit of the value; None where there is none."""

    @property
    def laboratory(self) -> str | None:
        """Laboratory or paper; None where unknown."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A :class:`Reading`.

    Parameters
    ----------
    x, quantity, source, temperature, value, deviation, laboratory
        See :class:`Reading`.
    """

    x: tuple[float, ...]
    quantity: Quantity
    source: Literal["calculation", "experiment"]
    value: float
    temperature: float = 0.0
    deviation: float | None = None
    laboratory: str | None = None
