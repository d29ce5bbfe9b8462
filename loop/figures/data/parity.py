"""What was observed against what is predicted: beforehand, and in hindsight; by source and laboratory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.figures.data.foretold import foretold
from loop.figures.data.moment import Moment
from loop.figures.data.table import Table, column
from loop.foretelling import Foreteller
from loop.readings import reading_of
from loop.records import Observation, Source

UNNAMED = "laboratory not named"


@dataclass(frozen=True, eq=False)
class Parity:
    """Observed values of one target.

    Parameters
    ----------
    target, unit
        What was observed, and its unit.
    source
        ``calculation`` or ``experiment``.
    values, uncertainties
        (n,); the uncertainty is NaN where none was stated.
    before, before_deviation
        Of the noise-free quantity as foretold when it was asked for, (n,); NaN where nothing was.
    now, now_deviation
        As the model has it that has seen the value, (n,); NaN without a model.
    labels, laboratories
        (n,) texts; of calculations the slot in place of the laboratory.
    """

    target: str
    unit: str
    source: str
    values: np.ndarray
    uncertainties: np.ndarray
    before: np.ndarray
    before_deviation: np.ndarray
    now: np.ndarray
    now_deviation: np.ndarray
    labels: tuple[str, ...]
    laboratories: tuple[str, ...]

    def by_laboratory(self) -> dict[str, np.ndarray]:
        """Rows of each laboratory, those with the most values first."""
        names = np.array([name or UNNAMED for name in self.laboratories], dtype=object)
        rows = {name: np.flatnonzero(names == name) for name in sorted(set(names))}
        return dict(sorted(rows.items(), key=lambda item: -len(item[1])))

    def table(self) -> Table:
        """One row a value."""
        return Table(
            f"{self.target} ({self.source}): observed against predicted",
            (
                column("what", self.labels),
                column("laboratory", self.laboratories),
                column("observed", self.values, self.unit),
                column("stated uncertainty", self.uncertainties, self.unit),
                column("foretold", self.before, self.unit),
                column("standard deviation of the foretold", self.before_deviation, self.unit),
                column("fitted", self.now, self.unit),
                column("standard deviation of the fitted", self.now_deviation, self.unit),
            ),
        )


def parity(moment: Moment, target: str | None = None) -> Parity:
    """Gather the observed values of a target with what is predicted of each.

    Parameters
    ----------
    moment
        As of when.
    target
        Its name; that of the objective if None.
    """
    name = target or moment.objective.target
    own = moment.state.values_of(name)
    guesses = {each.observation.id: each for each in foretold(moment) if each.observation.target == name}
    before = np.array(
        [
            (guesses[item.id].mean, guesses[item.id].deviation) if item.id in guesses else (np.nan, np.nan)
            for item in own
        ]
    ).reshape(len(own), 2)
    now, now_deviation = _fitted(moment, own)
    return Parity(
        target=name,
        unit=moment.unit(name),
        source=moment.campaign.table.targets[name].source.value,
        values=np.array([item.value for item in own]),
        uncertainties=np.array([np.nan if item.uncertainty is None else item.uncertainty for item in own]),
        before=before[:, 0],
        before_deviation=before[:, 1],
        now=now,
        now_deviation=now_deviation,
        labels=tuple(item.label for item in own),
        laboratories=tuple(_who(moment, item) for item in own),
    )


def _who(moment: Moment, item: Observation) -> str:
    """The laboratory; of a calculation the slot that calculated."""
    origin, source = item.provenance, moment.campaign.table.targets[item.target].source
    return origin.laboratory or (origin.adapter if source is Source.CALCULATION else "")


def _fitted(moment: Moment, own: list[Observation]) -> tuple[np.ndarray, np.ndarray]:
    if moment.model is None or not own:
        return np.full(len(own), np.nan), np.full(len(own), np.nan)
    found = Foreteller(moment.model)([reading_of(moment.campaign, item) for item in own])
    return found.mean, found.deviation
