"""How a campaign would have gone: retrospective campaigns in memory, without history or scheduler."""

from loop.backtest.baselines import baselines
from loop.backtest.chance import Chance, chance, expected_best
from loop.backtest.comparison import Comparison, Summary
from loop.backtest.course import Course, course
from loop.backtest.paired import Paired
from loop.backtest.retrospective import Backtest, Measured, backtest
from loop.backtest.setting import Setting, parse_settings
from loop.backtest.worth import Worth, truth_of, worth_of

__all__ = [
    "Backtest",
    "Chance",
    "Comparison",
    "Course",
    "Measured",
    "Paired",
    "Setting",
    "Summary",
    "Worth",
    "backtest",
    "baselines",
    "chance",
    "course",
    "expected_best",
    "parse_settings",
    "truth_of",
    "worth_of",
]
