"""How a campaign went, cycle by cycle, in what a person compares."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from loop.campaign import Campaign
from loop.objective import Merit, merits, objective_of
from loop.policy import Objective
from loop.records import CycleRecord, Source
from loop.state import MIGRATION, REFOLD, State


@dataclass(frozen=True)
class Value:
    """One measured value of the objective.

    Parameters
    ----------
    label, x
        Where.
    value
        What it is worth, in the objective's unit.
    is_modelled
        Whether it came from the model instead of the record.
    """

    label: str
    x: tuple[float, ...]
    value: float
    is_modelled: bool


@dataclass(frozen=True)
class Step:
    """One cycle.

    Parameters
    ----------
    number
        Of the cycle.
    measured
        Values of the objective that came in.
    others, others_modelled
        How many other values came in, and how many of these came from the model.
    put_aside
        What was not believed, in words.
    asked
        Measurements asked for, in words.
    calculations
        How many calculations were asked for.
    best
        The best value so far; None before the first one.
    """

    number: int
    measured: tuple[Value, ...]
    others: int
    others_modelled: int
    put_aside: tuple[str, ...]
    asked: tuple[str, ...]
    calculations: int
    best: Value | None


@dataclass(frozen=True)
class Course:
    """One way a campaign went.

    Parameters
    ----------
    steps
        One a cycle.
    objective
        What is sought.
    spent
        In the campaign's cost unit.
    """

    steps: tuple[Step, ...]
    objective: Objective
    spent: float

    @property
    def measured(self) -> tuple[Value, ...]:
        """All values of the objective, in order."""
        return tuple(value for step in self.steps for value in step.measured)

    @property
    def best(self) -> Value | None:
        """The best of them that satisfied the constraints in the end."""
        return self.steps[-1].best if self.steps else None

    @property
    def others(self) -> int:
        """How many values of other targets came in."""
        return sum(step.others for step in self.steps)

    @property
    def modelled(self) -> tuple[int, int]:
        """How many values of the objective, and how many others, came from the model."""
        return sum(value.is_modelled for value in self.measured), sum(step.others_modelled for step in self.steps)

    def needed(self, value: float) -> int | None:
        """How many measurements came until one at least as good as a value; None where none did."""
        enough = self.objective.utility(np.array(value))
        reached = self.objective.utility(np.array([each.value for each in self.measured])) >= enough
        return int(np.argmax(reached)) + 1 if reached.any() else None


def course_of(campaign: Campaign, records: Iterable[CycleRecord], modelled: Container[str] = ()) -> Course:
    """Tell how a campaign went.

    Parameters
    ----------
    campaign
        Gives the objective.
    records
        Its cycles, from the first on.
    modelled
        Ids of the observations that came from the model.
    """
    objective = objective_of(campaign)
    state, steps = State(), list[Step]()
    for record in records:
        before = len(state.observations)
        state = state.after(record)
        # A migration repeats what was known before: nothing of it came in.
        new = () if record.summary.get(REFOLD) == MIGRATION else record.observations
        known = merits(campaign, state.observations)
        came = [merit for merit in known if merit.place >= before] if new else []
        others = [item for item in new if item.target != objective.target]
        best = _best(objective, record, known)
        steps.append(
            Step(
                number=record.number,
                measured=tuple(_value(merit, modelled) for merit in came),
                others=len(others),
                others_modelled=sum(item.id in modelled for item in others),
                put_aside=tuple(f"{item.label}: {item.reason}" for item in record.quarantined),
                asked=tuple(r.label for r in record.requests if r.source is Source.EXPERIMENT),
                calculations=sum(r.source is Source.CALCULATION for r in record.requests),
                best=None if best is None else _value(best, modelled),
            )
        )
    return Course(tuple(steps), objective, state.spent)


def _best(objective: Objective, record: CycleRecord, known: Sequence[Merit]) -> Merit | None:
    """The best sample so far; where constraints decide, the one that the cycle held for it."""
    if objective.constraints:
        named = record.summary.get("best_measured_id")
        return next((merit for merit in known if merit.observation.id == named), None)
    return known[objective.best(merit.worth for merit in known)] if known else None


def _value(merit: Merit, modelled: Container[str]) -> Value:
    item = merit.observation
    return Value(item.label, item.x, merit.worth, item.id in modelled)
