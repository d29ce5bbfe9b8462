"""What an expression of a campaign file may name: the design variables, the elements, and prices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loop.errors import CampaignError
from loop.space.formula import element_mass
from loop.space.space import Space

PER_KG, PER_MOL = "price_per_kg", "price_per_mol"


class SpaceQuantities:
    """Quantities at design points.

    Variables that are numbers by their names; with a formula every element by its symbol, as its share of all atoms;
    with prices of the elements ``price_per_kg``, of the compound, and ``price_per_mol``, of its formula units. A
    variable hides an element of the same name.

    Parameters
    ----------
    space
        The design space.
    prices
        Of 1 kg of every element of the formula.

    Raises
    ------
    CampaignError
        Where an element has no price, or there is no formula to have elements.
    """

    def __init__(self, space: Space, prices: Mapping[str, float] | None = None) -> None:
        self._space, self._prices = space, dict(prices or {})
        self.elements = () if space.formula is None else tuple(dict.fromkeys(s.element for s in space.formula.sites))
        if self._prices and space.formula is None:
            raise CampaignError("prices: the space has no formula, so there are no elements to price")
        for element in (*self._prices, *self.elements) if self._prices else ():
            if element not in self.elements or element not in self._prices:
                raise CampaignError(
                    f"prices.{element}: expected one price for each of {', '.join(self.elements)}, in money per kg"
                )
        self._masses = {each: element_mass(each) for each in self.elements} if self._prices else {}

    @property
    def names(self) -> tuple[str, ...]:
        """What may be named."""
        return (*self._numbers(), *self.elements, *((PER_KG, PER_MOL) if self._prices else ()))

    def __call__(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Quantities (n,) at the points X (n, d), by name."""
        found: dict[str, np.ndarray] = {}
        if self._space.formula is not None:
            amounts = self._space.formula.amounts_at(X)
            total = np.sum(list(amounts.values()), axis=0)
            found = {element: amount / total for element, amount in amounts.items()}
            found |= self._priced(amounts) if self._prices else {}
        columns = dict(zip(self._space.names, np.asarray(X, dtype=float).T, strict=True))
        return found | {name: columns[name] for name in self._numbers()}

    def _numbers(self) -> tuple[str, ...]:
        """Variables that are numbers: the place of a category in its list means nothing."""
        return tuple(variable.name for variable in self._space.variables if not variable.values)

    def _priced(self, amounts: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        kilograms = {element: amount * self._masses[element] / 1000.0 for element, amount in amounts.items()}
        price = np.sum([mass * self._prices[element] for element, mass in kilograms.items()], axis=0)
        return {PER_MOL: price, PER_KG: price / np.sum(list(kilograms.values()), axis=0)}
