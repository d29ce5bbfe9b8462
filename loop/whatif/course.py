"""How a campaign went, cycle by cycle, in what a person compares."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from loop.campaign import Campaign
from loop.records import CycleRecord, Observation, Source
from loop.state import MIGRATION, REFOLD, State


@dataclass(frozen=True)
class Value:
    """One measured value of the objective.

    Parameters
    ----------
    label, x
        Where.
    value
        In the objective's unit.
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
    goal
        ``"maximize"`` or ``"minimize"``.
    spent
        In the campaign's cost unit.
    """

    steps: tuple[Step, ...]
    goal: str
    spent: float

    @property
    def measured(self) -> tuple[Value, ...]:
        """All values of the objective, in order."""
        return tuple(value for step in self.steps for value in step.measured)

    @property
    def best(self) -> Value | None:
        """The best of them."""
        return best_of(self.measured, self.goal)

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
        sign = 1.0 if self.goal == "maximize" else -1.0
        good = (count for count, each in enumerate(self.measured, 1) if sign * each.value >= sign * value)
        return next(good, None)


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
    objective = campaign.table.objective
    state, steps = State(), list[Step]()
    for record in records:
        state = state.after(record)
        # A migration repeats what was known before: nothing of it came in.
        new = () if record.summary.get(REFOLD) == MIGRATION else record.observations
        measured = tuple(_value(item, modelled) for item in new if item.target == objective.target)
        others = [item for item in new if item.target != objective.target]
        known = [_value(item, modelled) for item in state.values_of(objective.target)]
        steps.append(
            Step(
                number=record.number,
                measured=measured,
                others=len(others),
                others_modelled=sum(item.id in modelled for item in others),
                put_aside=tuple(f"{item.label}: {item.reason}" for item in record.quarantined),
                asked=tuple(r.label for r in record.requests if r.source is Source.EXPERIMENT),
                calculations=sum(r.source is Source.CALCULATION for r in record.requests),
                best=best_of(known, objective.goal),
            )
        )
    return Course(tuple(steps), objective.goal, state.spent)


def best_of(values: Iterable[Value], goal: str) -> Value | None:
    """The best of some values, the first of equal ones; None where there are none."""
    sign = 1.0 if goal == "maximize" else -1.0
    return max(values, key=lambda value: sign * value.value, default=None)


def _value(item: Observation, modelled: Container[str]) -> Value:
    return Value(item.label, item.x, item.value, item.id in modelled)
