"""``soft-magnetometer``: a magnetometer in memory, with drift, noise, settling time, and faults on demand.

For demonstrations, for campaigns tried before the laboratory is free, and for tests of what is around it. What it
measures is synthetic, and every reading says so in its source.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.instruments.devices.approach import Approach
from adapters.instruments.devices.faults import Faults
from loop.errors import CampaignError


class SoftMagnetometer:
    """Vibrating-sample magnetometer with its magnet: set the field (T), read moment, field and temperature.

    The moment of a sample of specific saturation magnetization σ (A·m²/kg) and mass m follows
    ``m·σ·tanh(B / B_s)·(1 + drift·t)·(1 + noise)``.

    Parameters
    ----------
    name
        What its signals are called after.
    sigma
        σ of the sample in A·m²/kg; or pairs ``[value of the variable, σ]``, interpolated, for samples that differ.
    variable
        The design variable that tells samples apart; needed with pairs.
    mass_mg
        Mass of the sample.
    saturation_field_t
        B_s.
    noise, drift_per_hour
        Relative standard deviation of one reading, and relative drift.
    temperature_k
        Of the sample.
    largest_field_t, rate_t_per_s
        What the magnet can do.
    seed
        Of the noise; of the operating system if None.
    faults, faults_file
        See :class:`~adapters.instruments.devices.faults.Faults`.
    clock
        Gives seconds.

    Raises
    ------
    CampaignError
        Where the options do not fit each other.
    """

    def __init__(
        self,
        name: str,
        *,
        sigma: float | Sequence[Sequence[float]] = 200.0,
        variable: str | None = None,
        mass_mg: float = 50.0,
        saturation_field_t: float = 0.5,
        noise: float = 0.001,
        drift_per_hour: float = 0.0,
        temperature_k: float = 300.0,
        largest_field_t: float = 3.0,
        rate_t_per_s: float = math.inf,
        seed: int | None = None,
        faults: Mapping[str, Mapping[str, str]] | None = None,
        faults_file: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not isinstance(sigma, int | float) and variable is None:
            raise CampaignError("soft-magnetometer: sigma is a table; say with 'variable' of which design variable")
        self.name = name
        self._sigma, self._variable = sigma, variable
        self._held = float(sigma) if isinstance(sigma, int | float) else math.nan
        self._mass = mass_mg * 1e-6
        self._saturation_field = saturation_field_t
        self._noise, self._drift = noise, drift_per_hour / 3600
        self._temperature, self._largest = temperature_k, largest_field_t
        self._field = Approach(0.0, rate_t_per_s, clock)
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - noise, no secret
        self._faults = Faults(faults, faults_file)
        self._clock, self._since = clock, clock()
        self._kept: dict[str, dict[str, Any]] = {}

    def load(self, sample: Mapping[str, Any]) -> None:
        """Take the sample of a request.

        Raises
        ------
        CampaignError
            Where the request does not say what tells samples apart.
        """
        if self._seed is not None and "request" in sample:
            # A driver is made anew for each request: without this the noise of all would be the same.
            self._random.seed(f"{self._seed} {sample['request']}")
        if isinstance(self._sigma, int | float):
            return
        x = sample.get("x", {})
        if self._variable not in x:
            raise CampaignError(f"soft-magnetometer: no design variable {self._variable!r}; there are {', '.join(x)}")
        if isinstance(x[self._variable], str):
            raise CampaignError(f"soft-magnetometer: {self._variable} = {x[self._variable]!r}, expected a number")
        self._held = _interpolated(self._sigma, float(x[self._variable]))

    def set(self, value: float) -> None:
        """Go to a field in T."""
        self.check_value(value)
        kind = self._faults.due("set")
        if kind != "stale":
            self._field.go(float(value))

    def check_value(self, value: float) -> None:
        """Raise where the magnet cannot go.

        Raises
        ------
        ValueError
            Beyond its largest field.
        """
        if not abs(value) <= self._largest:
            raise ValueError(f"field {value} T is beyond ±{self._largest:g} T")

    def stop(self, *, success: bool = True) -> None:  # noqa: ARG002 - bluesky's signature
        """Stay at the field."""
        self._faults.due("stop")
        self._field.halt()

    def read(self) -> dict[str, dict[str, Any]]:
        """Moment in A·m², field in T, temperature in K."""
        kind = self._faults.due("read")
        if kind == "stale" and self._kept:
            return self._kept
        moment = {"nan": math.nan, "out_of_range": 1e6}.get(kind, self._moment())
        values = {"moment": moment, "field": self._field.value, "temperature": self._temperature}
        now = time.time()
        self._kept = {f"{self.name}_{key}": {"value": value, "timestamp": now} for key, value in values.items()}
        return self._kept

    def describe(self) -> dict[str, dict[str, Any]]:
        """Units of the signals."""
        units = {"moment": "A.m2", "field": "T", "temperature": "K"}
        return {f"{self.name}_{key}": _number(f"soft:{self.name}.{key}", unit) for key, unit in units.items()}

    def read_configuration(self) -> dict[str, dict[str, Any]]:
        """Mass of the sample in kg."""
        return {f"{self.name}_sample_mass": {"value": self._mass, "timestamp": time.time()}}

    def describe_configuration(self) -> dict[str, dict[str, Any]]:
        """Units of the settings."""
        return {f"{self.name}_sample_mass": _number(f"soft:{self.name}.sample_mass", "kg")}

    def _moment(self) -> float:
        if math.isnan(self._held):
            raise RuntimeError("no sample is loaded")
        shape = math.tanh(self._field.value / self._saturation_field)
        drift = 1 + self._drift * (self._clock() - self._since)
        return self._mass * self._held * shape * drift * (1 + self._noise * self._random.gauss(0, 1))


def _interpolated(pairs: Sequence[Sequence[float]], x: float) -> float:
    """Between the two neighbours, linearly; beyond the ends the end's value."""
    ordered = sorted((float(a), float(b)) for a, b in pairs)
    for (left, low), (right, high) in itertools.pairwise(ordered):
        if left <= x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return ordered[0][1] if x < ordered[0][0] else ordered[-1][1]


def _number(source: str, units: str) -> dict[str, Any]:
    return {"source": source, "dtype": "number", "shape": [], "units": units}
