"""Settings compared over the same seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from loop.assimilation.arrays import Array
from loop.backtest.course import Course
from loop.backtest.paired import Paired
from loop.backtest.setting import Setting
from loop.backtest.worth import Worth

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Summary:
    """One setting.

    Parameters
    ----------
    needed
        Measurements until one within the tolerance, quartiles: lower, median, upper; infinite where so many campaigns
        ended without one.
    cost
        The same of what was spent.
    missed
        Campaigns that ended without one.
    mean_needed
        Mean of the measurements; campaigns that ended without one count as one more than they were given.
    mean_regret
        Mean over the campaigns and over the measurements 1 … n, in the objective's unit.
    """

    needed: tuple[float, float, float]
    cost: tuple[float, float, float]
    missed: int
    mean_needed: float
    mean_regret: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """The courses of several settings over the same seeds.

    Parameters
    ----------
    courses
        By setting, one a seed, the seeds in the same order.
    worth
        What there was to find.
    measurements
        How many each campaign was given.
    tolerance
        Relative distance from the best that counts as found.
    """

    courses: Mapping[Setting, Sequence[Course]]
    worth: Worth
    measurements: int
    tolerance: float

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All that are compared."""
        return tuple(self.courses)

    @property
    def accepted(self) -> float:
        """The regret that counts as found, in the objective's unit."""
        return self.tolerance * self.worth.scale

    def regret(self, setting: Setting) -> Array:
        """Regret (seeds, n) after 1 … n measurements."""
        return np.array([each.after(self.measurements) for each in self.courses[setting]])

    def needed(self, setting: Setting) -> list[float]:
        """Measurements until one within the tolerance, one a seed; infinite where there was none."""
        found = [each.needed(self.accepted) for each in self.courses[setting]]
        return [math.inf if count is None else float(count) for count in found]

    def cost(self, setting: Setting) -> list[float]:
        """What was spent until one within the tolerance, one a seed; infinite where there was none."""
        found = [each.cost(self.accepted) for each in self.courses[setting]]
        return [math.inf if cost is None else cost for cost in found]

    def summary(self, setting: Setting) -> Summary:
        """What matters of one setting."""
        needed, cost = self.needed(setting), self.cost(setting)
        return Summary(
            _quartiles(needed),
            _quartiles(cost),
            sum(math.isinf(count) for count in needed),
            float(np.mean(self._counted(setting))),
            float(self.regret(setting).mean()),
        )

    def pairs(self) -> list[tuple[Setting, Setting]]:
        """Every two settings, in their order."""
        return list(combinations(self.settings, 2))

    def paired_needed(self, first: Setting, second: Setting) -> Paired:
        """Measurements until one within the tolerance; one more than were given where there was none."""
        return Paired.of(self._counted(first), self._counted(second))

    def paired_regret(self, first: Setting, second: Setting) -> Paired:
        """Regret, the mean over the measurements 1 … n."""
        return Paired.of(*(self.regret(each).mean(axis=1).tolist() for each in (first, second)))

    def costs(self, setting: Setting) -> Array:
        """Costs at which the regret of a setting changes.

        They begin where all campaigns have measured, and end where the first one ends that did not find the best; if
        all did, where the dearest campaign of any setting ends.
        """
        courses = self.courses[setting]
        start = max(each.spent[0] for each in courses)
        dearest = max(each.spent[-1] for others in self.courses.values() for each in others)
        end = min((each.spent[-1] for each in courses if not each.found), default=dearest)
        steps = np.unique([cost for each in courses for cost in each.spent] + [end])
        return np.asarray(steps[(steps >= start) & (steps <= end)])

    def regret_at_cost(self, setting: Setting) -> Array:
        """Regret (seeds, k) when as much was spent as :meth:`costs` says."""
        costs = self.costs(setting)
        return np.array([each.at_cost(costs) for each in self.courses[setting]])

    def _counted(self, setting: Setting) -> list[float]:
        return [min(count, self.measurements + 1.0) for count in self.needed(setting)]


def quantile(values: Sequence[float], share: float) -> float:
    """Quantile by linear interpolation, where values may be infinite."""
    ordered, at = sorted(values), share * (len(values) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low if low == high else low + (at - math.floor(at)) * (high - low)


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    low, median, high = (quantile(values, share) for share in QUARTILES)
    return low, median, high
