"""What the reference standards of a campaign say of its instruments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.records import Observation
from loop.repeating import REPLICATE, STANDARD
from loop.state import State


@dataclass(frozen=True)
class Drift:
    """The values of one standard, in the order in which they were admitted.

    Parameters
    ----------
    name, slot, target
        Of the standard, the instrument, and what was measured.
    values
        Shape (n,), in the target's unit.
    change, deviation
        Of a straight line through the values from the first to the last, and its standard error from their scatter
        about the line; NaN below two and three values.
    """

    name: str
    slot: str
    target: str
    values: np.ndarray
    change: float
    deviation: float

    @classmethod
    def of(cls, name: str, slot: str, target: str, values: np.ndarray) -> Drift:
        """Fit the line by least squares, with the number of the value as abscissa."""
        n = len(values)
        if n < 2:
            return cls(name, slot, target, values, np.nan, np.nan)
        t = np.arange(n) - (n - 1) / 2
        slope = float(t @ values / (t @ t))
        rest = values - values.mean() - slope * t
        error = float(np.sqrt(rest @ rest / (n - 2) / (t @ t))) if n > 2 else np.nan
        return cls(name, slot, target, values, slope * (n - 1), error * (n - 1))


def drifts(state: State) -> tuple[Drift, ...]:
    """One drift a standard and instrument, in the order of their first values."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for observation in state.observations:
        role, request = role_of(state, observation), state.requests.get(observation.request_id or "")
        if role.startswith(STANDARD) and request is not None:
            key = (role.removeprefix(STANDARD), request.adapter, observation.target)
            found.setdefault(key, []).append(observation.value)
    return tuple(Drift.of(*key, np.array(values)) for key, values in found.items())


def role_of(state: State, observation: Observation) -> str:
    """``"replicate"`` or ``"standard NAME"`` where the value was asked for as that; else empty."""
    request = state.requests.get(observation.request_id or "")
    rule = request.reason.rule if request is not None else ""
    return rule if rule == REPLICATE or rule.startswith(STANDARD) else ""
