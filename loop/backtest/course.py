"""How far one retrospective campaign was from the best, measurement by measurement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array
from loop.backtest.baselines import campaign_of
from loop.backtest.retrospective import backtest
from loop.backtest.setting import Setting
from loop.backtest.worth import Worth
from loop.campaign import Campaign


@dataclass(frozen=True)
class Course:
    """The regret of one campaign.

    Parameters
    ----------
    seed
        Its seed.
    regret
        After every measurement: distance of the best point measured so far from the best there is, in the objective's
        unit. It ends at 0, or where the campaign ended.
    spent
        At every measurement: cost of everything asked until then.
    """

    seed: int
    regret: tuple[float, ...]
    spent: tuple[float, ...]

    @property
    def found(self) -> bool:
        """Whether the best was measured."""
        return self.regret[-1] == 0.0

    def needed(self, regret: float) -> int | None:
        """Measurements until the regret was at most so much; None where it never was."""
        hits = np.flatnonzero(np.array(self.regret) <= regret)
        return int(hits[0]) + 1 if len(hits) else None

    def cost(self, regret: float) -> float | None:
        """What was spent until the regret was at most so much; None where it never was."""
        needed = self.needed(regret)
        return None if needed is None else self.spent[needed - 1]

    def after(self, measurements: int) -> Array:
        """Regret after 1 … measurements, (n,): what was reached at the end stays."""
        reached = self.regret[:measurements]
        return np.array(reached + reached[-1:] * (measurements - len(reached)))

    def at_cost(self, costs: Array) -> Array:
        """Regret when so much was spent, (n,); NaN before the first measurement, and after the end of one not found."""
        reached = np.searchsorted(np.array(self.spent), costs, side="right")
        regret = np.concatenate([[np.nan], self.regret])[reached]
        beyond = (costs > self.spent[-1]) & (not self.found)
        return np.where(beyond, np.nan, regret)


def course(campaign: Campaign, setting: Setting, seed: int, measurements: int, worth: Worth) -> Course:
    """Run one campaign until it measured the best, or so many measurements were made.

    Parameters
    ----------
    campaign
        All of whose slots are retrospective.
    setting
        How it chooses.
    seed
        Of everything random.
    measurements
        Most measurements.
    worth
        Of its points; never seen by what chooses.
    """
    done = backtest(campaign_of(campaign, setting, measurements), seed, worth.best, shuffled=True)
    # Before anything is believed nothing better than the worst is known to be found.
    short = [
        worth.regret.get(each.x, worth.worst) if each.believed and each.x is not None else worth.worst
        for each in done.measured[:measurements]
    ]
    regret = np.minimum.accumulate(short)
    return Course(seed, tuple(regret.tolist()), tuple(each.spent for each in done.measured[:measurements]))
