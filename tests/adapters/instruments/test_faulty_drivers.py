"""Drivers of strangers, each with one fault: a bench finds it, says it, and the devices come to rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.instruments.containment.fault import Cause, DeviceError
from adapters.instruments.procedures.actions import Move
from adapters.instruments.procedures.bench import Bench, DeviceTable

DRIVERS = """
import math, time

class Sound:
    def __init__(self, name):
        self.name, self.at, self.began = name, 0.0, time.time()
    def read(self):
        return {"x": {"value": self.at, "timestamp": time.time()}}
    def describe(self):
        return {"x": {"dtype": "number", "units": "T"}}
    def set(self, value):
        self.at = value
    def stop(self):
        with open(self.name + ".stopped", "a") as file:
            file.write("stop\\n")

def shows(value, stamp=time.time):
    class Shows(Sound):
        def read(self):
            return {"x": {"value": value, "timestamp": stamp()}}
    return Shows

Infinite, Array, Words = shows(math.inf), shows([0.0, math.nan]), shows("1.9 T")
Unsendable, NoStamp = shows({1, 2}), shows(0.0, lambda: math.nan)
Ahead, Milliseconds = shows(0.0, lambda: time.time() + 60), shows(0.0, lambda: 1e3 * time.time())

class Cached(Sound):
    def read(self):
        return {"x": {"value": self.at, "timestamp": self.began}}

class Bare(Sound):
    def read(self):
        return {"x": self.at}

class Valueless(Sound):
    def read(self):
        return {"x": {"timestamp": time.time()}}

class Silent(Sound):
    def read_configuration(self):
        pass
    def describe_configuration(self):
        pass

class Refused:
    done, success = True, False
    def exception(self, timeout=None):
        return ValueError("the interlock is open")

class RefusesByStatus(Sound):
    def set(self, value):
        return Refused()

class StopFails(Sound):
    def stop(self):
        raise OSError("no stop")
    def set(self, value):
        super().set(value)
        Sound.stop(self)
"""

READ = {
    "Infinite": (Cause.RANGE, "x shows inf, expected a finite number"),
    "Array": (Cause.RANGE, "x shows nan, expected a finite number"),
    "Unsendable": (Cause.ERROR, "set cannot be sent"),
    "NoStamp": (Cause.ERROR, "x has no timestamp"),
    "Ahead": (Cause.STALE, "ahead of this computer's clock"),
    "Milliseconds": (Cause.STALE, "ahead of this computer's clock"),
    "Cached": (Cause.STALE, "gave the reading before once more"),
    "Bare": (Cause.ERROR, "expected a table of signals"),
    "Valueless": (Cause.ERROR, "x has no value"),
}


def _bench(folder: Path, kind: str, safe: float | None = None) -> Bench:
    (folder / "strangers.py").write_text(DRIVERS)  # drivers run where their logs are
    age = 600.0 if kind == "Cached" else 5.0  # its reading is one of the past, and not to be refused as such
    table = DeviceTable(driver="object", options={"kind": f"strangers:{kind}"}, safe=safe, max_age=age)
    return Bench({"magnet": table}, folder)


def _read_twice(bench: Bench) -> None:
    for _ in range(2):
        bench.read("magnet", 10.0)


@pytest.mark.parametrize("kind", READ)
def test_a_reading_that_is_none(tmp_path: Path, kind: str) -> None:
    cause, words = READ[kind]
    with _bench(tmp_path, kind) as bench:
        with pytest.raises(DeviceError) as fault:
            _read_twice(bench)
        assert (fault.value.cause, bench.make_safe()) == (cause, [])
    assert words in str(fault.value)
    assert (tmp_path / "magnet.stopped").exists()


@pytest.mark.parametrize(
    ("kind", "words"),
    [("Words", "x shows '1.9 T', expected a number"), ("RefusesByStatus", "ValueError during 'set': the interlock")],
)
def test_a_set_that_is_none(tmp_path: Path, kind: str, words: str) -> None:
    with _bench(tmp_path, kind) as bench, pytest.raises(DeviceError) as fault:
        bench.move(Move(device="magnet", value=1.9, signal="x", tolerance=0.1, timeout=10.0))
    assert fault.value.cause is Cause.ERROR
    assert words in str(fault.value)


def test_settings_that_are_none(tmp_path: Path) -> None:
    with _bench(tmp_path, "Silent") as bench:
        for ask in (bench.configuration, bench.units):
            with pytest.raises(DeviceError, match="gave None, expected a table of signals"):
                ask()


def test_where_stop_fails_the_safe_set_point_is_still_sent(tmp_path: Path) -> None:
    with _bench(tmp_path, "StopFails", safe=0.0) as bench:
        (problem,) = bench.make_safe()
    assert "no stop" in problem
    assert (tmp_path / "magnet.stopped").exists()
