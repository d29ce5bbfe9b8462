"""``soft-furnace``: a furnace in memory that heats at a rate, holds, cools when stopped, and fails on demand."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from adapters.instruments.devices.approach import Approach
from adapters.instruments.devices.faults import Faults


class SoftFurnace:
    """Set the temperature (K), read temperature and set point.

    Parameters
    ----------
    name
        What its signals are called after.
    ambient_k, largest_k
        Where it starts and rests, and the most it may be set to.
    rate_k_per_s
        Of heating and cooling.
    faults, faults_file
        See :class:`~adapters.instruments.devices.faults.Faults`.
    clock
        Gives seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        ambient_k: float = 300.0,
        largest_k: float = 1500.0,
        rate_k_per_s: float = 0.2,
        faults: Mapping[str, Mapping[str, str]] | None = None,
        faults_file: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._ambient, self._largest = ambient_k, largest_k
        self._temperature = Approach(ambient_k, rate_k_per_s, clock)
        self._faults = Faults(faults, faults_file)
        self._kept: dict[str, dict[str, Any]] = {}

    def set(self, value: float) -> None:
        """Heat or cool to a temperature in K; returns at once, the reading tells when it is there."""
        self.check_value(value)
        if self._faults.due("set") != "stale":
            self._temperature.go(float(value))

    def check_value(self, value: float) -> None:
        """Raise where the furnace may not go.

        Raises
        ------
        ValueError
            Below ambient, or beyond the largest temperature.
        """
        if not self._ambient <= value <= self._largest:
            raise ValueError(f"temperature {value} K is outside {self._ambient:g} to {self._largest:g} K")

    def stop(self, *, success: bool = True) -> None:  # noqa: ARG002 - bluesky's signature
        """Switch the heating off: it cools to ambient."""
        self._faults.due("stop")
        self._temperature.go(self._ambient)

    def read(self) -> dict[str, dict[str, Any]]:
        """Temperature and set point in K."""
        kind = self._faults.due("read")
        if kind == "stale" and self._kept:
            return self._kept
        value = {"nan": float("nan"), "out_of_range": 1e6}.get(kind, self._temperature.value)
        now = time.time()
        self._kept = {
            f"{self.name}_temperature": {"value": value, "timestamp": now},
            f"{self.name}_setpoint": {"value": self._temperature.target, "timestamp": now},
        }
        return self._kept

    def describe(self) -> dict[str, dict[str, Any]]:
        """Units of the signals."""
        return {
            f"{self.name}_{key}": {"source": f"soft:{self.name}.{key}", "dtype": "number", "shape": [], "units": "K"}
            for key in ("temperature", "setpoint")
        }
