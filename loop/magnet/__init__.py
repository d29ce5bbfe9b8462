"""Magnets at finite temperature: a campaign's tables as one model of M(x, T), judged, asked and left out in part."""

from loop.magnet.crossover import Crossover, crossover
from loop.magnet.forecaster import MagnetForecaster, magnet_learner
from loop.magnet.magnet import Magnet
from loop.magnet.series import HeldBack, Score, held_back

__all__ = [
    "Crossover",
    "HeldBack",
    "Magnet",
    "MagnetForecaster",
    "Score",
    "crossover",
    "held_back",
    "magnet_learner",
]
