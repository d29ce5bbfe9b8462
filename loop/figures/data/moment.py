"""A campaign as of one of its cycles: what every figure is computed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import DataError
from loop.history.digest import FIRST, chained, record_digest
from loop.objective import best_merit, merits, objective_of
from loop.policy import FittedBelief, Objective
from loop.prediction import predicted_objective
from loop.records import CycleRecord
from loop.state import State, fold


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A campaign after some of its cycles. Made by :meth:`of`.

    Parameters
    ----------
    campaign
        As its history knows it.
    records
        From cycle 0 on.
    state
        Their fold.
    """

    campaign: Campaign
    records: tuple[CycleRecord, ...]
    state: State

    @classmethod
    def of(cls, campaign: Campaign, records: Iterable[CycleRecord], until: int | None = None) -> Moment:
        """Fold the records up to a cycle.

        Parameters
        ----------
        campaign
            The campaign.
        records
            From cycle 0 on.
        until
            Number of the last cycle that counts; all of them if None.
        """
        kept = tuple(record for record in records if until is None or record.number <= until)
        return cls(campaign=campaign, records=kept, state=fold(kept))

    @cached_property
    def _fit(self) -> tuple[DataAssimilation | None, str]:
        return Cycle(self.campaign, self.state.candidates).model(self.state)

    @property
    def model(self) -> DataAssimilation | None:
        """As it was fitted after the last cycle; None where there was none. The first look fits it."""
        return self._fit[0]

    @property
    def problem(self) -> str:
        """Why there is no model; empty where there is one."""
        return self._fit[1]

    @cached_property
    def objective(self) -> Objective:
        """What is sought."""
        return objective_of(self.campaign)

    @cached_property
    def digest(self) -> str:
        """Of the history up to this cycle; :meth:`History.digest` where all its cycles count."""
        digest = FIRST
        for record in self.records:
            digest = chained(digest, record_digest(record))
        return digest

    @property
    def cycle(self) -> int | None:
        """Number of the last cycle; None before the first."""
        return self.records[-1].number if self.records else None

    @cached_property
    def best(self) -> tuple[float, ...] | None:
        """The candidate with the best prediction, else the best measured point; None where there is neither."""
        found = None if self.model is None else predicted_objective(self.campaign, self.state, self.model)
        row = None if found is None else found.best(self.objective)
        if found is not None and row is not None:
            return tuple(found.X[row].tolist())
        leader = best_merit(self.campaign, merits(self.campaign, self.state.observations), self.model)
        return None if leader is None else leader.observation.x

    def base(self, at: Mapping[str, float | str] | None = None) -> np.ndarray | None:
        """Point (d,) that holds what is not varied: the best one, with given values in place of its own.

        Parameters
        ----------
        at
            Values by variable, names of categories.

        Raises
        ------
        DataError
            Where there is no such variable or category.
        """
        names, given = self.campaign.space.names, dict(at or {})
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise DataError(f"{', '.join(unknown)}: no variable of {self.campaign.name}; it has {', '.join(names)}")
        if self.best is None and set(given) != set(names):
            return None
        own = self.campaign.space.written(self.best) if self.best is not None else {}
        return np.array(self.campaign.space.point({**own, **given}))

    def unit(self, target: str | None) -> str:
        """Of a target; of the objective if None."""
        return self.campaign.unit if target is None else self.campaign.table.targets[target].unit

    def moments(self, X: np.ndarray, target: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (n,) of what is noise-free at the points X (n, d); NaN without a model.

        Parameters
        ----------
        X
            Points; one that is NaN gets NaN.
        target
            Its name; the objective, also where it is a function of targets, if None.
        """
        found = np.full((2, len(X)), np.nan)
        rows = np.flatnonzero(np.isfinite(X).all(axis=1))
        if self.model is None or not len(rows):
            return found[0], found[1]
        if target is None and self.objective.worth is not None:
            found[:, rows] = FittedBelief(self.model, self.objective).moments(X[rows], self.objective.target)
        else:
            found[:, rows] = self.model.predict(X[rows], target or self.objective.target, return_std=True)
        return found[0], found[1]
