"""A campaign's tables as one model of M(x, T)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from loop.assimilation import Prior, Structure
from loop.basis_functions import basis_of
from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.innovation import Reading
from loop.magnetism import UNITS, FiniteTemperature, Row
from loop.magnetism.finite_temperature import CURIE, ZERO
from loop.magnetism.readings import Value
from loop.model import generator, structure_of
from loop.records import Source

_QUANTITIES = {ZERO: "magnetization", CURIE: "curie_temperature"}
_RELATION = 0.1
"""Moments are calculated to a tenth: wider, a discrepancy with many functions would explain the factor away."""
_KELVIN = re.compile(r"\s*([\d.]+)\s*K\s*")


@dataclass(frozen=True)
class Magnet:
    """What a campaign's targets are to the law of M(T).

    Parameters
    ----------
    campaign
        The campaign.
    names
        By target: ``M0`` for measured magnetizations (at whatever temperature), ``Tc`` for measured Curie temperatures,
        the target's own name for calculations.
    structure
        Of the targets under these names.
    """

    campaign: Campaign
    names: Mapping[str, str]
    structure: Structure

    @classmethod
    def of(cls, campaign: Campaign) -> Magnet:
        """Read it from the units and sources of the campaign's targets.

        Raises
        ------
        CampaignError
            Where a target is neither a magnetization nor a Curie temperature, or none is a measured magnetization.
        """
        quantities = {name: _quantity(name, target.unit) for name, target in campaign.table.targets.items()}
        names = {
            name: quantities[name] if target.source is Source.EXPERIMENT else name
            for name, target in campaign.table.targets.items()
        }
        if ZERO not in names.values():
            raise CampaignError(f"{campaign.name}: no target is a measured magnetization")
        return cls(campaign, names, _structure(campaign, names, quantities))

    def fit(self, readings: Sequence[Reading]) -> FiniteTemperature:
        """Fit the model to readings of the campaign's targets.

        Raises
        ------
        DataError
            Where a measured magnetization has no temperature.
        EstimationError
            Where the readings determine no model.
        """
        campaign = self.campaign
        model = FiniteTemperature(
            basis_of(campaign),
            random_state=generator(campaign, 0, "fit"),
            estimator=campaign.table.model.estimator,
            prior=Prior(relation=_RELATION),
            laboratory_offsets=campaign.table.model.laboratory_offsets,
            amounts=campaign.space.formula.amounts if campaign.space.formula else None,
        )
        with threadpool_limits(limits=1):
            return model.fit_values([self._value(reading) for reading in readings], self.structure)

    def is_measured(self, reading: Reading) -> bool:
        """Whether it is a measurement."""
        return self.names[reading.target] in _QUANTITIES

    def row(self, reading: Reading) -> Row:
        """Make a row of a measurement, as the model takes it."""
        name = self.names[reading.target]
        return Row(
            x=reading.x,
            quantity="magnetization" if name == ZERO else "curie_temperature",
            source="experiment",
            value=reading.value,
            temperature=self.temperature(reading) if name == ZERO else 0.0,
            deviation=reading.uncertainty,
            laboratory=reading.laboratory or None,
        )

    def temperature(self, reading: Reading) -> float:
        """Temperature of a measured magnetization in K: its own, or the campaign's.

        Raises
        ------
        DataError
            Where neither is stated.
        """
        if reading.temperature is not None:
            return reading.temperature
        stated = _KELVIN.fullmatch(str(self.campaign.table.conditions.get("temperature", "")))
        if stated is None:
            raise DataError(
                f"{reading.place or reading.id}: a magnetization without its temperature; give a column "
                "'temperature_K', or conditions.temperature = '300 K' in the campaign file"
            )
        return float(stated[1])

    def _value(self, reading: Reading) -> Value:
        name = self.names[reading.target]
        temperature = self.temperature(reading) if name == ZERO else 0.0
        return Value(
            x=reading.x,
            target="" if name == ZERO and temperature > 0 else name,
            value=reading.value,
            temperature=temperature,
            deviation=reading.uncertainty,
            laboratory=reading.laboratory if self.is_measured(reading) else "",
        )


def _quantity(name: str, unit: str) -> str:
    if unit == "K":
        return CURIE
    if unit in UNITS:
        return ZERO
    known = ", ".join(sorted(set(UNITS.values())))
    raise CampaignError(f"targets.{name}.unit = {unit!r} is neither K nor a unit of magnetization ({known})")


def _structure(campaign: Campaign, names: Mapping[str, str], quantities: Mapping[str, str]) -> Structure:
    """The campaign's structure with its measured targets merged by quantity; of each the first one speaks."""
    given = structure_of(campaign)
    first: dict[str, str] = {}
    for target in sorted(names, key=lambda target: campaign.table.targets[target].law is not None):
        first.setdefault(names[target], target)
    targets = tuple(sorted({*first, ZERO, CURIE}, key=lambda name: (name in _QUANTITIES, _place(given, first, name))))
    spoken = {name: target for name, target in first.items() if name in targets}
    return Structure(
        targets,
        tuple("experiment" if name in _QUANTITIES else "calculation" for name in targets),
        {name: given.parents[target] for name, target in spoken.items() if target in given.parents},
        {name: given.active[target] for name, target in spoken.items() if target in given.active},
        tuple(quantities[first[name]] if name in first else name for name in targets),
    )


def _place(given: Structure, first: Mapping[str, str], name: str) -> int:
    return given.targets.index(first[name]) if name in first else len(given.targets)
