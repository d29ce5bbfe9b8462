"""Best so far, by cycle and by cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.figures.data.arrivals import arrivals
from loop.figures.data.moment import Moment
from loop.figures.data.table import Table, column
from loop.objective import merits
from loop.records import CycleRecord


@dataclass(frozen=True, eq=False)
class Progress:
    """What a campaign had found after each of its n cycles, and each of its m measured samples.

    Parameters
    ----------
    unit, cost_unit
        Of what is sought, and of the cost.
    cycles
        Numbers, (n,).
    spent
        Cost of all that was asked until then, (n,).
    best
        Best measured worth, (n,); NaN before the first.
    predicted, deviation
        Best noise-free worth by prediction, and its standard deviation, (n,); NaN without a model.
    sample_cycles, sample_spent, sample_worths
        When each measured sample became known, what had been spent, and what it is worth, (m,).
    sample_labels, sample_laboratories
        (m,) texts.
    """

    unit: str
    cost_unit: str
    cycles: np.ndarray
    spent: np.ndarray
    best: np.ndarray
    predicted: np.ndarray
    deviation: np.ndarray
    sample_cycles: np.ndarray
    sample_spent: np.ndarray
    sample_worths: np.ndarray
    sample_labels: tuple[str, ...]
    sample_laboratories: tuple[str, ...]

    def table(self) -> Table:
        """One row a cycle."""
        return Table(
            "Best so far",
            (
                column("cycle", self.cycles),
                column("spent", self.spent, self.cost_unit),
                column("best measured", self.best, self.unit),
                column("best predicted", self.predicted, self.unit),
                column("standard deviation of the best predicted", self.deviation, self.unit),
            ),
        )

    def samples(self) -> Table:
        """One row a measured sample, in the order in which it became known."""
        return Table(
            "Measured samples",
            (
                column("sample", self.sample_labels),
                column("cycle", self.sample_cycles),
                column("spent", self.sample_spent, self.cost_unit),
                column("worth", self.sample_worths, self.unit),
                column("laboratory", self.sample_laboratories),
            ),
        )


def progress(moment: Moment) -> Progress:
    """Gather best so far; what was retracted does not count, nor, after that, what stood on it.

    Parameters
    ----------
    moment
        As of when.
    """
    records = moment.records
    spent = np.cumsum([sum(request.cost for request in record.requests) for record in records])
    came, found = arrivals(records), merits(moment.campaign, moment.state.observations)
    known = [came[moment.state.observations[merit.place].id] for merit in found]
    return Progress(
        unit=moment.campaign.unit,
        cost_unit=moment.campaign.table.cost_unit,
        cycles=np.array([record.number for record in records], dtype=int),
        spent=spent.astype(float),
        best=_followed(records, "best_measured_value"),
        predicted=_followed(records, "best_predicted_mean"),
        deviation=_followed(records, "best_predicted_deviation"),
        sample_cycles=np.array(known, dtype=int),
        sample_spent=np.array([spent[cycle] for cycle in known], dtype=float),
        sample_worths=np.array([merit.worth for merit in found]),
        sample_labels=tuple(merit.observation.label for merit in found),
        sample_laboratories=tuple(merit.observation.provenance.laboratory for merit in found),
    )


def _followed(records: tuple[CycleRecord, ...], name: str) -> np.ndarray:
    """A number of each cycle's summary; a cycle that only puts something right says nothing new."""
    found, last = [], float("nan")
    for record in records:
        last = float(record.summary.get(name, last))
        found.append(last)
    return np.array(found, dtype=float)
