"""A contained device: whatever its driver does, the parent is told what it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from adapters.instruments.containment.contained import Contained, Patience
from adapters.instruments.containment.fault import Cause, DeviceError

Contain = Callable[..., Contained]


def test_roles_readings_and_settings(contained: Contain) -> None:
    device = contained(seed=1)
    assert {"readable", "movable", "stoppable", "configurable", "loadable"} <= device.roles
    device.act("set", 1.5)
    assert device.read()["vsm_field"]["value"] == 1.5
    assert device.describe()["vsm_moment"]["units"] == "A.m2"
    device.close()
    assert not device.is_alive


def test_what_a_driver_refuses_leaves_it_alive(contained: Contain) -> None:
    device = contained()
    with pytest.raises(DeviceError, match=r"ValueError during 'set': field 99\.0 T is beyond ±3 T") as raised:
        device.act("set", 99.0)
    assert raised.value.cause is Cause.ERROR
    assert device.read()["vsm_field"]["value"] == 0.0


def test_a_hang_ends_at_the_deadline(contained: Contain) -> None:
    device = contained(faults={"read": {"1": "hang"}})
    with pytest.raises(DeviceError, match=r"no answer to 'read' within 0\.3 s") as raised:
        device.read(0.3)
    assert raised.value.cause is Cause.HANG
    assert not device.is_alive


def test_a_process_that_stands_still_is_noticed_before_a_long_deadline(contained: Contain) -> None:
    device = contained(patience=Patience(silence=2.0), faults={"read": {"1": "hang"}})
    os.kill(device._process.pid, signal.SIGSTOP)
    with pytest.raises(DeviceError) as raised:
        device.read(3600.0)
    assert raised.value.cause is Cause.SILENCE


@pytest.mark.parametrize(
    ("kind", "cause", "words"), [("exit", Cause.EXIT, "status 0"), ("segfault", Cause.CRASH, "SIGSEGV")]
)
def test_an_end_is_told_with_its_status(contained: Contain, kind: str, cause: Cause, words: str) -> None:
    device = contained(faults={"read": {"*": kind}})
    with pytest.raises(DeviceError, match=words) as raised:
        device.read()
    assert raised.value.cause is cause
    with pytest.raises(DeviceError, match=words):
        device.read()


def test_a_driver_that_cannot_be_made(contained: Contain) -> None:
    with pytest.raises(DeviceError, match=r"unexpected keyword argument 'colour'.*\(start\)"):
        contained(colour="red")
    with pytest.raises(DeviceError, match=r"there is no driver 'nonsense'; installed are .*soft-furnace"):
        contained("nonsense")


def test_given_up_it_ends(contained: Contain) -> None:
    device = contained(faults={"read": {"1": "hang"}})
    device._is_given_up = lambda: True
    with pytest.raises(DeviceError) as raised:
        device.read(3600.0)
    assert raised.value.cause is Cause.CANCELLED
