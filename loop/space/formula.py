"""A formula with parameters: design points become compositions and back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from loop.errors import CampaignError, CompositionError
from loop.space.expression import LinearExpression

if TYPE_CHECKING:
    from pymatgen.core.composition import Composition

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\)(?P<times>[\d.]+)?)|(?P<element>[A-Z][a-z]?)(?P<amount>\{[^{}]*\}|[\d.]+)?)"
)
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Site:
    """One element on one sublattice.

    Parameters
    ----------
    element
        Its symbol.
    occupancy
        Share of the sublattice, or plain amount outside brackets.
    multiplicity
        Sites of the sublattice in a formula unit.
    """

    element: str
    occupancy: LinearExpression
    multiplicity: float


@dataclass(frozen=True)
class Formula:
    """A formula template such as ``(Nd{1-a}Pr{a})2(Fe{1-d}Co{d})14B``.

    Parameters
    ----------
    template
        As it was written.
    sites
        What it consists of.
    variables
        Names of the design variables, in order.
    """

    template: str
    sites: tuple[Site, ...]
    variables: tuple[str, ...]

    @classmethod
    def parse(cls, template: str, variables: Sequence[str]) -> Formula:
        """Read a template.

        Raises
        ------
        CampaignError
            Where it cannot be read, or uses an unknown element or variable.
        """
        formula = cls(template, tuple(_sites(template)), tuple(variables))
        for site in formula.sites:
            _require_element(site.element, template)
            site.occupancy.vector(formula.variables)
        return formula

    def occupancies(self, x: Sequence[float]) -> np.ndarray:
        """Occupancy of every site at a design point, shape (len(sites),)."""
        offset, slope = self._linear()
        return np.asarray(offset + slope @ np.asarray(x, dtype=float))

    def holds(self, X: np.ndarray) -> np.ndarray:
        """Which of the points X (n, d) keep every occupancy within [0, 1], (n,)."""
        offset, slope = self._linear()
        occupancies = offset + X @ slope.T
        top = np.where(slope.any(axis=1), 1 + _TOLERANCE, np.inf)
        return np.asarray(((occupancies >= -_TOLERANCE) & (occupancies <= top)).all(axis=1))

    def check(self, x: Sequence[float]) -> None:
        """Refuse a design point at which an occupancy leaves [0, 1].

        Raises
        ------
        CompositionError
            Naming the element, its occupancy and the variables.
        """
        for site, occupancy in zip(self.sites, self.occupancies(x), strict=True):
            low_ok = occupancy >= -_TOLERANCE
            if low_ok and (occupancy <= 1 + _TOLERANCE or not site.occupancy.coefficients):
                continue
            point = ", ".join(
                f"{name} = {value:g}"
                for name, value in zip(self.variables, x, strict=True)
                if name in site.occupancy.coefficients
            )
            raise CompositionError(
                f"the occupancy of {site.element} is {occupancy:.6g} at {point}, expected 0 to 1: "
                f"{_rule(site.occupancy)} must hold"
            )

    def amounts(self, x: Sequence[float]) -> dict[str, float]:
        """Amount of every element in a formula unit at a design point."""
        total: dict[str, float] = {}
        for site, occupancy in zip(self.sites, self.occupancies(x), strict=True):
            total[site.element] = total.get(site.element, 0.0) + site.multiplicity * float(occupancy)
        return total

    def amounts_at(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Amounts (n,) of every element in a formula unit at the design points X (n, d)."""
        offset, slope = self._linear()
        occupancies = offset + np.asarray(X, dtype=float) @ slope.T
        total: dict[str, np.ndarray] = {}
        for site, column in zip(self.sites, occupancies.T, strict=True):
            total[site.element] = total.get(site.element, 0.0) + site.multiplicity * column
        return total

    def exchanging(self, elements: Collection[str]) -> frozenset[str]:
        """Names of the variables that exchange only the given elements with each other."""
        moved = {
            name: {site.element for site in self.sites if name in site.occupancy.coefficients}
            for name in self.variables
        }
        return frozenset(name for name, found in moved.items() if found and found <= set(elements))

    def label(self, x: Sequence[float]) -> str:
        """Write the formula of a design point, without absent elements: ``Nd2Fe12Co2B``."""
        return "".join(
            f"{element}{_amount(value)}" for element, value in self.amounts(x).items() if value > 0.5 * _TOLERANCE
        )

    def composition(self, x: Sequence[float]) -> Composition:
        """Composition of a formula unit at a design point, without absent elements, for pymatgen."""
        # pymatgen is heavy; only what goes on with it needs it
        from pymatgen.core.composition import Composition

        return Composition({name: value for name, value in self.amounts(x).items() if value > 0.5 * _TOLERANCE})

    def point(
        self, amounts: Mapping[str, float], beside: Mapping[str, float] | None = None
    ) -> tuple[tuple[float, ...], float]:
        """Find the design point of a composition, whatever its multiple of the formula unit.

        Parameters
        ----------
        amounts
            Amount of each element, for example in a cell.
        beside
            Values of the variables that do not occur in the formula.

        Returns
        -------
        x, units
            The design point, and the number of formula units in ``amounts``.

        Raises
        ------
        CompositionError
            Where the composition is no member of the family, or a variable beside it has no value.
        """
        silent = [name for name in self.variables if name not in {*self.own, *(beside or {})}]
        if silent:
            raise CompositionError(f"a composition does not determine {', '.join(silent)}: say that beside it")
        elements = sorted({site.element for site in self.sites})
        foreign = sorted(name for name, amount in amounts.items() if amount and name not in elements)
        if foreign:
            raise CompositionError(f"{', '.join(foreign)} does not occur in {self.template}")
        design, target = self._system(elements, amounts)
        solution, _, rank, _ = np.linalg.lstsq(design, target, rcond=None)
        if rank < design.shape[1]:
            raise CompositionError(f"a composition does not determine the variables of {self.template}")
        units = float(solution[0])
        # Negated, so that NaN is refused too.
        misfit = np.abs(design @ solution - target).max()
        if not (units > 0 and misfit <= _TOLERANCE * max(1.0, np.abs(target).max())):
            shown = " ".join(f"{name}{amount:g}" for name, amount in amounts.items())
            raise CompositionError(f"{shown} is no member of {self.template}: its sublattice sums do not fit")
        found = {**(beside or {}), **dict(zip(self.own, np.round(solution[1:] / units, 10) + 0.0, strict=True))}
        x = tuple(float(found[name]) for name in self.variables)
        self.check(x)
        return x, units

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the variables that occur in the template, in order."""
        used = {name for site in self.sites for name, factor in site.occupancy.coefficients.items() if factor}
        return tuple(name for name in self.variables if name in used)

    def _linear(self) -> tuple[np.ndarray, np.ndarray]:
        offset = np.array([site.occupancy.constant for site in self.sites])
        slope = np.array([site.occupancy.vector(self.variables) for site in self.sites])
        return offset, slope

    def _system(self, elements: Sequence[str], amounts: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
        """Amounts are linear in (units, units·x): one column for the constant, one for each own variable."""
        offset = np.array([site.occupancy.constant for site in self.sites])
        slope = np.array([[site.occupancy.coefficients.get(name, 0.0) for name in self.own] for site in self.sites])
        design = np.zeros((len(elements), 1 + len(self.own)))
        for row, site in enumerate(self.sites):
            into = design[elements.index(site.element)]
            into[0] += site.multiplicity * offset[row]
            into[1:] += site.multiplicity * slope[row]
        return design, np.array([float(amounts.get(name, 0.0)) for name in elements])


def element_mass(symbol: str) -> float:
    """Molar mass of an element in g/mol."""
    from pymatgen.core.periodic_table import Element

    return float(Element(symbol).atomic_mass)


def _sites(template: str) -> list[Site]:
    sites: list[Site] = []
    group_start: int | None = None
    position = 0
    text = template.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise CampaignError(f"cannot read the formula {template!r} at {text[position:]!r}")
        if match["open"]:
            if group_start is not None:
                raise CampaignError(f"the formula {template!r} has a bracket within a bracket")
            group_start = len(sites)
        elif match["close"] and group_start == len(sites):
            raise CampaignError(f"the formula {template!r} has an empty bracket")
        elif match["element"]:
            sites.append(Site(match["element"], _occupancy(match["amount"]), 1.0))
        elif group_start is None:
            raise CampaignError(f"the formula {template!r} closes a bracket that was not opened")
        else:
            times = _times(match["times"] or "1", template)
            sites[group_start:] = [Site(s.element, s.occupancy, times) for s in sites[group_start:]]
            group_start = None
        position = match.end()
    if group_start is not None or not sites:
        raise CampaignError(f"the formula {template!r} is empty or does not close its bracket")
    return sites


def _times(text: str, template: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise CampaignError(f"cannot read the number {text!r} in the formula {template!r}") from error


def _occupancy(text: str | None) -> LinearExpression:
    return LinearExpression.parse((text or "1").strip("{}"))


def _require_element(symbol: str, template: str) -> None:
    # pymatgen is heavy; only reading a formula needs its table of elements
    from pymatgen.core.periodic_table import Element

    if not Element.is_valid_symbol(symbol):
        raise CampaignError(f"the formula {template!r} names {symbol!r}, which is no element")


def _rule(expression: LinearExpression) -> str:
    return f"0 <= {expression.text} <= 1"


def _amount(value: float) -> str:
    rounded = round(value, 4)
    return "" if rounded == 1 else f"{rounded:g}"
