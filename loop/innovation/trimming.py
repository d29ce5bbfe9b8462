"""Values that came in together judge each other, and the wrong ones among them do not take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.innovation.forecast import Array, Bools, Forecaster, Learn
from loop.innovation.reading import Reading
from loop.innovation.standardized import innovations

_ROUNDS = 4
_MEDIAN_TO_DEVIATION = 1.4826
_FAR = 4.0
_FEW = 5


@dataclass(frozen=True)
class Trimmed:
    """What is left when the wrong values are taken out.

    Parameters
    ----------
    forecaster
        Learned from what is believed.
    is_believed
        Shape (n,).
    z_score
        Of every reading against what the believed others foretell, shape (n,).
    """

    forecaster: Forecaster
    is_believed: Bools
    z_score: Array


def trimmed(readings: Sequence[Reading], learn: Learn, limit: float, may_go: Bools | None = None) -> Trimmed:
    """Learn from the readings that agree, and judge all by them.

    A model that learned from wrong values has a large scatter, behind which they hide. So the values far from the
    median of their target are left out at first, and then, round by round, those far from what the others foretell, in
    robust deviations (of the median) where these are smaller; then in the model's own. What fits a model that has not
    seen it comes back and stays.

    Parameters
    ----------
    readings
        n of them.
    learn
        Fits a model.
    limit
        Distance in predictive standard deviations beyond which a reading is not believed.
    may_go
        Which may be left out, shape (n,); all if None. The others were believed before.

    Raises
    ------
    EstimationError
        Where the readings determine no model.
    """
    movable = np.ones(len(readings), dtype=bool) if may_go is None else np.asarray(may_go)
    groups = _groups(readings)
    believed = ~movable | ~_outlying(readings, groups)
    for is_rough in (True, False):
        acquitted = np.zeros(len(readings), dtype=bool)
        for _ in range(_ROUNDS):
            forecaster, z = _judged(readings, learn, believed)
            fits = np.abs(z) <= limit * (_robust_units(z, groups, believed) if is_rough else 1.0)
            acquitted |= fits & ~believed & (not is_rough)
            before, believed = believed, ~movable | fits | acquitted
            if np.array_equal(before, believed):
                break
    return Trimmed(forecaster, believed, z)


def _judged(readings: Sequence[Reading], learn: Learn, believed: Bools) -> tuple[Forecaster, Array]:
    forecaster = learn([reading for reading, holds in zip(readings, believed, strict=True) if holds])
    return forecaster, innovations(readings, forecaster(readings), believed)


def _groups(readings: Sequence[Reading]) -> list[Bools]:
    """Which readings belong to each target that has enough of them to be compared."""
    targets = np.array([reading.target for reading in readings])
    groups = [targets == target for target in dict.fromkeys(targets.tolist())]
    return [group for group in groups if group.sum() >= _FEW]


def _outlying(readings: Sequence[Reading], groups: Sequence[Bools]) -> Bools:
    """Far from the median of the target, in the value or in its logarithm: a wrong unit is a factor."""
    values = np.array([reading.value for reading in readings])
    far = np.zeros(len(values), dtype=bool)
    for group in groups:
        far[group] = _far_from_median(values[group])
        if np.median(values[group]) > 0:
            positive = values > 0
            far[group & positive] |= _far_from_median(np.log(values[group & positive]))
            far |= group & ~positive
    return far


def _far_from_median(values: Array) -> Bools:
    distance = np.abs(values - np.median(values))
    spread = _MEDIAN_TO_DEVIATION * np.median(distance)
    return np.asarray((distance > _FAR * spread) & (spread > 0))


def _robust_units(z: Array, groups: Sequence[Bools], believed: Bools) -> Array:
    """By target: the deviation that half of the believed values show, where the model's own is larger."""
    unit = np.ones(len(z))
    for group in groups:
        inside = group & believed
        if inside.sum() >= _FEW:
            unit[group] = min(1.0, _MEDIAN_TO_DEVIATION * float(np.median(np.abs(z[inside]))))
    return unit
