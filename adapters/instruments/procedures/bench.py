"""The devices of a laboratory slot, each behind its own wall."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import Field, PositiveFloat, model_validator

from adapters.instruments.containment.contained import Contained, Patience, never
from adapters.instruments.containment.driver import Driver
from adapters.instruments.containment.fault import Cause, DeviceError
from adapters.instruments.procedures.actions import Move
from adapters.options import Options

Signals = Mapping[str, Mapping[str, Any]]
_LOOK_SECONDS = 0.1
_CLOCK_SECONDS = 0.001


class PatienceTable(Options):
    """How long a driver is waited for, in seconds; see ``adapters.instruments.containment.contained.Patience``."""

    start: PositiveFloat = 30.0
    action: PositiveFloat = 10.0
    silence: PositiveFloat = 15.0


class DeviceTable(Options):
    """``devices.NAME``: a driver, what may be sent to it, and what can come from it."""

    driver: str = Field(description="name of an entry point of douka.devices")
    options: dict[str, Any] = Field(default_factory=dict, description="of the driver")
    limits: tuple[float, float] | None = Field(None, description="lowest and highest set point that may be sent")
    ranges: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="by signal: what the instrument can show"
    )
    safe: float | None = Field(None, description="set point after a fault, besides 'stop'")
    max_age: PositiveFloat = Field(5.0, description="seconds by which a reading may be older than the question")
    patience: PatienceTable = Field(default_factory=PatienceTable)

    @model_validator(mode="after")
    def _safe_is_allowed(self) -> DeviceTable:
        if self.safe is not None and self.limits and not self.limits[0] <= self.safe <= self.limits[1]:
            raise ValueError(f"safe = {self.safe:g} lies outside limits = {list(self.limits)}")
        return self


class Bench(AbstractContextManager["Bench"]):
    """Devices by name, each made in its process when it is first needed.

    Parameters
    ----------
    tables
        What the campaign file says of each.
    logs
        Folder for what the drivers print.
    is_given_up
        Asked while waiting; true ends what is going on.
    """

    def __init__(self, tables: Mapping[str, DeviceTable], logs: Path, is_given_up: Callable[[], bool] = never) -> None:
        self._tables = tables
        self._logs = logs
        self._is_given_up = is_given_up
        self._open: dict[str, Contained] = {}
        self._taken: dict[str, dict[str, float]] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the drivers."""
        for device in self._open.values():
            device.close()
        self._open = {}

    def load(self, sample: Mapping[str, Any]) -> None:
        """Tell every device that wants to know which sample is measured.

        Raises
        ------
        DeviceError
            Where one cannot take it.
        """
        for name in self._tables:
            if "loadable" in self._device(name).roles:
                self._device(name).act("load", dict(sample))

    def configuration(self) -> Signals:
        """Settings of all devices that state some."""
        return {key: value for name in self._tables for key, value in self._device(name).settings().items()}

    def describe(self, name: str) -> Signals:
        """Types and units of the signals of a device."""
        return self._device(name).describe()

    def units(self) -> Mapping[str, str]:
        """Units of all signals and settings, by key; empty where none is stated."""
        found: dict[str, str] = {}
        for name in self._tables:
            device = self._device(name)
            described = {**device.describe(), **device.describe_settings()}
            found |= {key: str(signal.get("units") or "") for key, signal in described.items()}
        return found

    def move(self, move: Move) -> None:
        """Set a device and wait until its reading is, and stays, at the set point.

        A status that says *done* is not believed: instruments call themselves stable at the old value.

        Raises
        ------
        DeviceError
            Where the value may not be sent, or is not reached in time.
        """
        self._require_allowed(move.device, move.value)
        end = time.monotonic() + move.timeout
        self._device(move.device).act("set", move.value, deadline=move.timeout)
        if move.signal:
            self._wait_there(move, end)

    def read(self, name: str, timeout: float) -> Signals:
        """Take a reading that is fresh, finite and possible, and not the last one again.

        Raises
        ------
        DeviceError
            Where there is none within the time (s).
        """
        signals = self._look(name, timeout)
        stamps = {key: signal["timestamp"] for key, signal in signals.items()}
        if stamps and stamps == self._taken.get(name):
            text = "it gave the reading before once more: read it less often, or it answers from a cache"
            raise DeviceError(name, Cause.STALE, text)
        self._taken[name] = stamps
        return signals

    def _look(self, name: str, timeout: float) -> Signals:
        asked = time.time()
        signals = self._device(name).read(timeout)
        table = self._tables[name]
        for key, signal in signals.items():
            self._require_fresh(name, key, signal, asked - table.max_age)
            _require_possible(name, key, signal, table.ranges.get(key, (-math.inf, math.inf)))
        return signals

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises
        ------
        DeviceError
            Where the request is given up meanwhile.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._is_given_up():
                raise DeviceError("bench", Cause.CANCELLED, "given up during a pause")
            time.sleep(min(left, _LOOK_SECONDS))

    def make_safe(self) -> list[str]:
        """Bring every device to rest, through a new driver where the old one is gone; the problems met on the way."""
        self._is_given_up = never
        problems: list[str] = []
        for name, table in self._tables.items():
            # One by one: where 'stop' fails, 'safe' may still be reached.
            for make in (self._stop, self._go_safe):
                try:
                    make(name, table)
                except DeviceError as fault:
                    problems.append(str(fault))
        return problems

    def _stop(self, name: str, table: DeviceTable) -> None:  # noqa: ARG002 - as the next
        device = self._device(name)
        if "stoppable" in device.roles:
            device.act("stop")

    def _go_safe(self, name: str, table: DeviceTable) -> None:
        if table.safe is not None:
            self._device(name).act("set", table.safe)

    def _device(self, name: str) -> Contained:
        if name not in self._open or not self._open[name].is_alive:
            table = self._tables[name]
            with suppress(KeyError):
                self._open.pop(name).kill()
            self._open[name] = Contained(
                Driver(device=name, driver=table.driver, options=table.options),
                self._logs / f"{name}.log",
                Patience(**table.patience.model_dump()),
                lambda: self._is_given_up(),
            )
        return self._open[name]

    def _require_allowed(self, name: str, value: float) -> None:
        limits = self._tables[name].limits
        if not math.isfinite(value) or (limits is not None and not limits[0] <= value <= limits[1]):
            expected = "a finite number" if limits is None else f"{limits[0]:g} to {limits[1]:g}"
            raise DeviceError(name, Cause.LIMIT, f"set point {value:g} was not sent, expected {expected}")

    def _wait_there(self, move: Move, end: float) -> None:
        since: float | None = None
        while True:
            # A driver that answers is not taken for one that hangs because the time of the move is nearly over.
            patience = self._tables[move.device].patience.action
            shown = self._shown(move, max(end - time.monotonic(), patience))
            now = time.monotonic()
            since = (since or now) if abs(shown - move.value) <= move.tolerance else None
            if since is not None and now - since >= move.dwell:
                return
            if now > end:
                text = f"{move.signal} shows {shown:g} {move.timeout:g} s after it was set to {move.value:g}"
                raise DeviceError(move.device, Cause.STALE, f"{text} (tolerance {move.tolerance:g})")
            self.pause(_LOOK_SECONDS)

    def _shown(self, move: Move, timeout: float) -> float:
        signals = self._look(move.device, timeout)
        if move.signal not in signals:
            found = ", ".join(signals)
            raise DeviceError(move.device, Cause.ERROR, f"it has no signal {move.signal!r}; it has {found}")
        value = signals[move.signal]["value"]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DeviceError(move.device, Cause.ERROR, f"{move.signal} shows {value!r}, expected a number")
        return float(value)

    def _require_fresh(self, name: str, key: str, signal: Mapping[str, Any], oldest: float) -> None:
        stamp = signal.get("timestamp")
        if isinstance(stamp, bool) or not isinstance(stamp, int | float) or not math.isfinite(stamp):
            raise DeviceError(name, Cause.ERROR, f"{key} has no timestamp (found {stamp!r})")
        # A clock that runs ahead would make every reading fresh.
        if (ahead := stamp - time.time()) > self._tables[name].max_age:
            raise DeviceError(name, Cause.STALE, f"{key} is {ahead:.1f} s ahead of this computer's clock")
        if stamp < oldest - _CLOCK_SECONDS:
            age = oldest - stamp + self._tables[name].max_age
            raise DeviceError(name, Cause.STALE, f"{key} is {age:.1f} s older than the question")


def _require_possible(name: str, key: str, signal: Mapping[str, Any], possible: tuple[float, float]) -> None:
    for value in _flat(signal["value"]):
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if not math.isfinite(value):
            raise DeviceError(name, Cause.RANGE, f"{key} shows {value}, expected a finite number")
        if not possible[0] <= value <= possible[1]:
            raise DeviceError(
                name, Cause.RANGE, f"{key} shows {value:g}, the instrument shows {possible[0]:g} to {possible[1]:g}"
            )


def _flat(value: object) -> Iterator[object]:
    """The numbers of an array, or the one value."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value
