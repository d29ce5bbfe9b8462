"""What a device must do to be trusted unattended: one function a promise.

They need no pytest: the conformance suite calls them on drivers under development, ``douka check`` on a device that is
really there.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loop.asking import NotApplicable, Shortcoming, called, require_plain, table
from loop.device import roles_of

_CLOCK_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_REST_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What is known of a device before it is checked.

    Parameters
    ----------
    positions
        Two harmless set points that differ by much more than the tolerance; None where it is not to be moved.
    signal
        The signal that shows where it is.
    tolerance
        Largest distance from a set point that counts as there.
    settle_seconds
        To get from one position to the other.
    beyond
        A set point that must be refused; None where there is none.
    seconds
        For any other answer.
    stop_seconds
        To come to rest.
    """

    positions: tuple[float, float] | None = None
    signal: str = ""
    tolerance: float = 0.0
    settle_seconds: float = 30.0
    beyond: float | None = None
    seconds: float = 5.0
    stop_seconds: float = 2.0


def is_readable(device: Any, expected: Expectations) -> None:  # noqa: ARG001 - every check takes the same
    """It has a name, and the methods read and describe."""
    if "readable" not in roles_of(device):
        raise Shortcoming(f"{type(device).__name__} lacks name, read or describe")
    if not isinstance(device.name, str) or not device.name:
        raise Shortcoming(f"its name is {device.name!r}, expected a text")


def keys_agree(device: Any, expected: Expectations) -> None:
    """Read and describe name the same signals, at least one."""
    read, described = set(_read(device, expected)), set(table(device.describe, expected.seconds))
    if not read:
        raise Shortcoming("it has no signals")
    if read != described:
        raise Shortcoming(f"read gives {sorted(read)}, describe {sorted(described)}")


def units_are_stated(device: Any, expected: Expectations) -> None:
    """Every signal says its unit; a ratio says an empty one."""
    for key, signal in table(device.describe, expected.seconds).items():
        if signal.get("dtype") != "string" and not isinstance(signal.get("units"), str):
            raise Shortcoming(f"{key} states no units (found {signal.get('units')!r}, expected a text)")


def values_are_plain(device: Any, expected: Expectations) -> None:
    """Readings and descriptions are JSON: no numpy scalars, no NaN."""
    for what, content in (
        ("read", _read(device, expected)),
        ("describe", table(device.describe, expected.seconds)),
    ):
        require_plain(what, content)


def clock_is_right(device: Any, expected: Expectations) -> None:
    """Timestamps are seconds since 1970, of this moment."""
    before = time.time()
    for key, signal in _read(device, expected).items():
        stamp = signal.get("timestamp")
        if isinstance(stamp, bool) or not isinstance(stamp, int | float):
            raise Shortcoming(f"{key} has the timestamp {stamp!r}, expected seconds since 1970")
        if not before - _CLOCK_SECONDS <= stamp <= time.time() + _CLOCK_SECONDS:
            raise Shortcoming(f"{key} is {stamp - before:+.0f} s off this computer's clock")


def readings_are_new(device: Any, expected: Expectations) -> None:
    """A second reading is younger than the first: nothing is answered from a cache."""
    first = _read(device, expected)
    time.sleep(_LOOK_SECONDS)
    second = _read(device, expected)
    old = [key for key in first if key in second and second[key].get("timestamp") == first[key].get("timestamp")]
    if old:
        raise Shortcoming(f"a second reading is the first one again: {', '.join(old)}")


def is_there_after_set(device: Any, expected: Expectations) -> None:
    """Once its set is done, or within the stated time where it returns at once, the reading shows the new position."""
    _require_role(device, "movable")
    if expected.positions is None:
        raise NotApplicable("no positions are given to try")
    for position in expected.positions:
        end = time.monotonic() + expected.settle_seconds
        waits = _is_waited_for(called(lambda p=position: device.set(p), expected.settle_seconds))  # type: ignore[misc]
        while abs((shown := _shown(device, expected)) - position) > expected.tolerance:
            if waits or time.monotonic() > end:
                said = "it said it was there" if waits else f"{expected.settle_seconds:g} s later"
                raise Shortcoming(f"set to {position:g}, {said}, but {expected.signal} shows {shown:g}")
            time.sleep(_LOOK_SECONDS)


def limits_are_refused(device: Any, expected: Expectations) -> None:
    """A set point beyond its limits is refused with an exception, and it does not move."""
    _require_role(device, "movable")
    if expected.beyond is None:
        raise NotApplicable("no set point is given that must be refused")
    before = _shown(device, expected) if expected.signal else math.nan
    try:
        called(lambda: device.set(expected.beyond), expected.settle_seconds, passes=(Exception,))
    except Shortcoming:
        raise
    except Exception:
        after = _shown(device, expected) if expected.signal else math.nan
        if expected.signal and abs(after - before) > expected.tolerance:
            raise Shortcoming(f"it refused {expected.beyond:g} and moved from {before:g} to {after:g}") from None
        return
    raise Shortcoming(f"it took the set point {expected.beyond:g}, which it must refuse")


def stop_is_quick_and_repeatable(device: Any, expected: Expectations) -> None:
    """Stopping is done within the stated time, also when it is at rest already."""
    _require_role(device, "stoppable")
    for _ in range(2):
        called(device.stop, expected.stop_seconds)


def stop_ends_a_motion(device: Any, expected: Expectations) -> None:
    """Stopped on its way, it stops within the stated time and does not go on to where it was sent."""
    _require_role(device, "movable")
    _require_role(device, "stoppable")
    if expected.positions is None or not expected.signal:
        raise NotApplicable("no positions, or no signal that shows them, are given to try")
    here = _shown(device, expected)
    there = max(expected.positions, key=lambda position: abs(position - here))
    _send_off(device, there, expected)
    called(device.stop, expected.stop_seconds)
    before = _shown(device, expected)
    if abs(before - there) > expected.tolerance and abs(_rest(device, before, expected) - there) <= expected.tolerance:
        raise Shortcoming(f"stopped at {before:g}, it went on to {there:g}")


def configuration_is_sound(device: Any, expected: Expectations) -> None:
    """Settings agree with their description, and numbers among them are finite."""
    _require_role(device, "configurable")
    settings = table(device.read_configuration, expected.seconds, "value")
    described = table(device.describe_configuration, expected.seconds)
    if set(settings) != set(described):
        raise Shortcoming(f"read_configuration gives {sorted(settings)}, its description {sorted(described)}")
    for key, signal in settings.items():
        value = signal["value"]
        if isinstance(value, float) and not math.isfinite(value):
            raise Shortcoming(f"the setting {key} is {value}")
    require_plain("read_configuration", settings)
    require_plain("describe_configuration", described)


Check = Callable[[Any, Expectations], None]
CHECKS: tuple[Check, ...] = (
    is_readable,
    keys_agree,
    units_are_stated,
    values_are_plain,
    clock_is_right,
    readings_are_new,
    is_there_after_set,
    limits_are_refused,
    stop_is_quick_and_repeatable,
    stop_ends_a_motion,
    configuration_is_sound,
)
"""All promises, in the order in which they are looked at."""


def loss_is_noticed(device: Any, expected: Expectations, lose: Callable[[], None]) -> None:
    """Once its peer is gone, reading raises within the stated time; it neither hangs nor shows the last value.

    Parameters
    ----------
    device
        Connected.
    expected
        Gives the time.
    lose
        Takes the peer away.
    """
    _read(device, expected)
    lose()
    try:
        called(device.read, expected.seconds, passes=(Exception,))
    except Shortcoming:
        raise
    except Exception:
        return
    raise Shortcoming("its peer is gone, and it still shows a reading")


def _read(device: Any, expected: Expectations) -> Mapping[str, Mapping[str, Any]]:
    if "triggerable" in roles_of(device):
        called(device.trigger, expected.seconds)
    return table(device.read, expected.seconds, "value")


def _send_off(device: Any, position: float, expected: Expectations) -> None:
    """Set, and do not wait for the status."""
    (status,) = called(lambda: (device.set(position),), expected.settle_seconds)
    if inspect.iscoroutine(status):
        status.close()
        raise NotApplicable("its set is a coroutine, which is waited for or not begun")


def _rest(device: Any, before: float, expected: Expectations) -> float:
    """Where it comes to rest, or is when the time to settle is over."""
    end = time.monotonic() + expected.settle_seconds
    while True:
        time.sleep(_REST_SECONDS)
        after = _shown(device, expected)
        if abs(after - before) <= expected.tolerance or time.monotonic() > end:
            return after
        before = after


def _shown(device: Any, expected: Expectations) -> float:
    signals = _read(device, expected)
    if expected.signal not in signals:
        raise Shortcoming(f"it has no signal {expected.signal!r}; it has {', '.join(signals)}")
    value = signals[expected.signal]["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Shortcoming(f"{expected.signal} shows {value!r}, expected a number")
    return float(value)


def _require_role(device: Any, role: str) -> None:
    if role not in roles_of(device):
        raise NotApplicable(f"it is not {role}")


def _is_waited_for(status: object) -> bool:
    return status is not None
