"""Every promise is kept by the soft devices, and every way of breaking one is caught."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from adapters.instruments.devices.soft_furnace import SoftFurnace
from adapters.instruments.devices.soft_magnetometer import SoftMagnetometer
from loop.asking import NotApplicable, Shortcoming
from loop.device import roles_of
from loop.device_checks import CHECKS, Expectations, loss_is_noticed
from loop.testing import DeviceSuite
from loop.waiting_for import waited_for

MAGNET = Expectations(
    positions=(0.1, 0.5),
    signal="vsm_field",
    tolerance=1e-6,
    beyond=99.0,
    settle_seconds=1.0,
    seconds=1.0,
    stop_seconds=1.0,
)
PATIENT = replace(MAGNET, settle_seconds=60.0, seconds=60.0, stop_seconds=60.0)
"""For what is found without that a time passes: a busy machine may stand still for a second."""


class TestSoftMagnetometer(DeviceSuite):
    expectations = PATIENT

    @pytest.fixture
    def device(self) -> SoftMagnetometer:
        return SoftMagnetometer("vsm", seed=0)


class TestSoftFurnace(DeviceSuite):
    expectations = Expectations(
        positions=(310.0, 320.0), signal="oven_temperature", tolerance=0.1, beyond=5000.0, settle_seconds=20.0
    )

    @pytest.fixture
    def device(self) -> SoftFurnace:
        return SoftFurnace("oven", rate_k_per_s=50.0)


class Sound(SoftMagnetometer):
    """A magnetometer without fault, and the base of those with one."""

    def __init__(self) -> None:
        super().__init__("vsm", seed=0)
        self.lost = False


class StaleCache(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        return self._kept or super().read()


class NoUnits(Sound):
    def describe(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "units": None} for key, signal in super().describe().items()}


class NumpyScalars(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "value": np.float32(signal["value"])} for key, signal in super().read().items()}


class NotANumber(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "value": math.nan} for key, signal in super().read().items()}


class KeysDiffer(Sound):
    def describe(self) -> dict[str, dict[str, Any]]:
        return {key.upper(): signal for key, signal in super().describe().items()}


class Hangs(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        time.sleep(5)
        return super().read()


class Exits(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        sys.exit(0)


class WrongClock(Sound):
    def read(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "timestamp": time.monotonic()} for key, signal in super().read().items()}


class NanConfiguration(Sound):
    def read_configuration(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "value": math.nan} for key, signal in super().read_configuration().items()}


class Done:
    """A status that is done."""

    def wait(self) -> None:
        return


class DoneAtTheOldValue(Sound):
    def set(self, value: float) -> Any:
        self.check_value(value)
        return Done()


class NeverArrives(Sound):
    def set(self, value: float) -> None:
        self.check_value(value)


class TakesAnything(Sound):
    def set(self, value: float) -> None:
        self._field.go(value)


class MovesAndComplains(Sound):
    def check_value(self, value: float) -> None:
        if abs(value) > self._largest:
            self._field.go(value)
            raise ValueError(value)


class StopsOnce(Sound):
    def stop(self) -> None:
        if self.lost:
            raise RuntimeError("stopped already")
        self.lost = True


class StopsSlowly(Sound):
    def stop(self) -> None:
        time.sleep(5)


class GoesOn(Sound):
    """Gets there in four readings, however long they take, and stop does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.there = 0.0, 0.0

    def set(self, value: float) -> None:
        self.check_value(value)
        self.there = value

    def stop(self) -> None:
        return

    def read(self) -> dict[str, dict[str, Any]]:
        self.shown = min(self.shown + 0.25 * self.there, self.there)
        return super().read() | {"vsm_field": {"value": self.shown, "timestamp": time.time()}}


class BareNumbers(Sound):
    def read(self) -> Any:
        return {key: signal["value"] for key, signal in super().read().items()}


class NoValues(Sound):
    def read(self) -> Any:
        return {key: {"timestamp": signal["timestamp"]} for key, signal in super().read().items()}


class NumpyNanConfiguration(Sound):
    def read_configuration(self) -> dict[str, dict[str, Any]]:
        return {key: {**signal, "value": np.float32(math.nan)} for key, signal in super().read_configuration().items()}


class BareStatus:
    """As bluesky's protocol has it: nothing to wait with."""

    def __init__(self, error: Exception | None = None, seconds: float = 0.0) -> None:
        self._end = time.monotonic() + seconds
        self._error = error

    @property
    def done(self) -> bool:
        return time.monotonic() >= self._end

    @property
    def success(self) -> bool:
        return self.done and self._error is None

    def exception(self, timeout: float | None = None) -> Exception | None:  # noqa: ARG002 - bluesky's signature
        return self._error


class RefusesByStatus(Sound):
    """A sound one: what it refuses it says by its status."""

    def set(self, value: float) -> Any:
        if abs(value) > 2:
            return BareStatus(ValueError(f"{value} is too much"))
        super().set(value)
        return BareStatus(seconds=0.05)


class Nameless(Sound):
    def __init__(self) -> None:
        super().__init__()
        self.name = ""


FAULTY = {
    Nameless: ("is_readable", "its name is ''"),
    KeysDiffer: ("keys_agree", "describe ['VSM_FIELD'"),
    Hangs: ("keys_agree", "read gives no answer within 1 s"),
    Exits: ("keys_agree", "read raised SystemExit"),
    NoUnits: ("units_are_stated", "states no units"),
    NumpyScalars: ("values_are_plain", "float32 is not JSON serializable"),
    BareNumbers: ("keys_agree", "expected a table of signals"),
    NoValues: ("keys_agree", "read gives no value of vsm_"),
    GoesOn: ("stop_ends_a_motion", "it went on to 0.5"),
    NumpyNanConfiguration: ("configuration_is_sound", "no plain JSON"),
    NotANumber: ("values_are_plain", "no plain JSON"),
    WrongClock: ("clock_is_right", "off this computer's clock"),
    StaleCache: ("readings_are_new", "is the first one again"),
    DoneAtTheOldValue: ("is_there_after_set", "it said it was there, but vsm_field shows 0"),
    NeverArrives: ("is_there_after_set", "1 s later, but vsm_field shows 0"),
    TakesAnything: ("limits_are_refused", "took the set point 99"),
    MovesAndComplains: ("limits_are_refused", "moved from 0 to 99"),
    StopsOnce: ("stop_is_quick_and_repeatable", "stop raised RuntimeError: stopped already"),
    StopsSlowly: ("stop_is_quick_and_repeatable", "stop gives no answer within 1 s"),
    NanConfiguration: ("configuration_is_sound", "the setting vsm_sample_mass is nan"),
}


WAITED_OUT = {Hangs, StopsSlowly, NeverArrives}


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda kind: kind.__name__)
def test_a_broken_promise_is_caught(faulty: Callable[[], Sound]) -> None:
    name, words = FAULTY[faulty]
    (check,) = [check for check in CHECKS if check.__name__ == name]
    with pytest.raises(Shortcoming) as caught:
        check(faulty(), MAGNET if faulty in WAITED_OUT else PATIENT)
    assert words in str(caught.value)


def test_every_promise_is_broken_by_somebody() -> None:
    assert {name for name, _ in FAULTY.values()} == {check.__name__ for check in CHECKS}


def test_a_bare_status_is_waited_for() -> None:
    for check in CHECKS:
        check(RefusesByStatus(), PATIENT)
    with pytest.raises(RuntimeError, match="without success"):
        waited_for(SimpleNamespace(done=True, success=False))


class Networked(Sound):
    """Notices that its peer is gone, or not."""

    notices = True

    def read(self) -> dict[str, dict[str, Any]]:
        if self.lost and self.notices:
            raise ConnectionError("gone")
        return super().read()


class Unaware(Networked):
    notices = False


def test_loss_of_the_peer() -> None:
    aware, unaware = Networked(), Unaware()
    loss_is_noticed(aware, PATIENT, lambda: setattr(aware, "lost", True))
    with pytest.raises(Shortcoming, match="still shows a reading"):
        loss_is_noticed(unaware, PATIENT, lambda: setattr(unaware, "lost", True))


def test_what_is_not_claimed_is_not_asked() -> None:
    class Thermometer:
        name = "t"

        def read(self) -> dict[str, dict[str, Any]]:
            return {"t": {"value": 300.0, "timestamp": time.time()}}

        def describe(self) -> dict[str, dict[str, Any]]:
            return {"t": {"source": "x", "dtype": "number", "shape": [], "units": "K"}}

    assert roles_of(Thermometer()) == ("readable",)
    refused = []
    for check in CHECKS:
        try:
            check(Thermometer(), Expectations())
        except NotApplicable:
            refused.append(check.__name__)
    assert refused == [
        "is_there_after_set",
        "limits_are_refused",
        "stop_is_quick_and_repeatable",
        "stop_ends_a_motion",
        "configuration_is_sound",
    ]
