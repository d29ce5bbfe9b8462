"""A history as an object to work with in a notebook: what it knows, its model, its tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import EstimationError
from loop.history import History
from loop.knowledge import Knowledge, knowledge
from loop.policy import FittedBelief
from loop.quantity import plain, plus_minus
from loop.snapshot import folded
from loop.state import State

if TYPE_CHECKING:
    import pandas as pd

    from loop.assimilation import DataAssimilation


class Study:
    """A campaign and what became of it, as sealed when it was opened; everything is read only.

    Parameters
    ----------
    path
        Folder of the history, such as ``workspace/histories/two-fourteen-one``.

    Raises
    ------
    HistoryError
        Where there is none, or a cycle is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.history = History.open(path)
        """The sealed cycles."""
        header = self.history.header
        self.campaign = Campaign.parse(header.campaign_text, Path(path) / header.campaign / "campaign.toml")
        """As the history knows it."""
        self.state: State = folded(self.history)
        """Observations, requests, quarantine: the fold of the cycles."""

    @cached_property
    def model(self) -> DataAssimilation:
        """The fitted model of calculation and experiment, as the next cycle would fit it.

        Raises
        ------
        EstimationError
            Where the data do not determine one yet, saying why.
        """
        model, problem = Cycle(self.campaign, self.state.candidates).model(self.state)
        if model is None:
            raise EstimationError(f"{self.history.path}: there is no model yet: {problem}")
        return model

    @cached_property
    def knowledge(self) -> Knowledge:
        """What is best, how sure that is, what would be asked next."""
        return knowledge(self.campaign, self.state)

    @property
    def observations(self) -> pd.DataFrame:
        """What was learned from, one row a value: design variables, value, uncertainty, target, where it comes from."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    **dict(zip(self.campaign.space.names, one.x, strict=True)),
                    "label": one.label,
                    "target": one.target,
                    "value": one.value,
                    "uncertainty": one.uncertainty,
                    "unit": self.campaign.table.targets[one.target].unit,
                    "laboratory": one.provenance.laboratory,
                }
                for one in self.state.observations
            ]
        )

    def predict(self, points: Mapping[str, object], target: str | None = None) -> pd.DataFrame:
        """Predict noise-free values.

        Parameters
        ----------
        points
            A column for each design variable, of numbers or of names of categories; a single one stands for all rows.
        target
            Which quantity; that of the objective if None.

        Returns
        -------
        pandas.DataFrame
            The points, ``mean`` and ``deviation`` (one standard deviation), in the unit of the target.

        Raises
        ------
        DataError
            Where a variable is missing, or a value is no number or category.
        EstimationError
            Where there is no model yet.
        """
        import pandas as pd

        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column)) for column in points.values()))
        rows = [dict(zip(points, row, strict=True)) for row in zip(*(each.tolist() for each in columns), strict=True)]
        X = np.array([self.campaign.space.point(row) for row in rows])
        mean, deviation = FittedBelief(self.model).moments(X, target or self.campaign.table.objective.target)
        return pd.DataFrame(rows).assign(mean=mean, deviation=deviation)

    def __repr__(self) -> str:
        """One line for a person."""
        return f"<Study {self.campaign.name}: {len(self.state.observations)} values, {self.state.next_cycle} cycles>"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self._pairs())
        return f"<table><caption>{escape(self.campaign.table.title)}</caption>{rows}</table>"

    def _pairs(self) -> list[tuple[str, str]]:
        known, unit = self.knowledge, self.knowledge.unit
        pairs = [("cycles", str(self.state.next_cycle)), ("learned from", f"{len(self.state.observations)} values")]
        pairs += [("put aside", f"{len(self.state.quarantine)} values")]
        if known.best_measured is not None:
            best = known.best_measured
            pairs += [("best measured", f"{best.label}: {plain(known.best_measured_worth)} {unit}")]
        if known.best_predicted is not None:
            guess = known.best_predicted
            pairs += [("best predicted", f"{guess.label}: {plus_minus(guess.mean, guess.deviation)} {unit}")]
        pairs += [("cost", f"{plain(known.spent)} {self.campaign.table.cost_unit}")]
        return [*pairs, ("stopped because", self.state.stopped or "not stopped")]
