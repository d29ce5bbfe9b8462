"""The suite of what acts on the world: the station passes it, and adapters that act twice or unmarked are caught."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from adapters.instruments.station.lock import is_free
from adapters.instruments.station.station import Station
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result
from loop.testing import InstrumentSuite, request_at, slot_context

pytestmark = pytest.mark.slow

# Writes down whatever is done to it: request and time.
LOGGING = """
import time
class Logging:
    def __init__(self, name, *, file):
        self.name, self._file, self._request = name, file, ""
    def load(self, sample):
        self._request = sample["request"]
    def set(self, value):
        with open(self._file, "a") as file:
            file.write(f"{self._request} {time.time()}\\n")
    def read(self):
        return {self.name: {"value": 1.0, "timestamp": time.time()}}
    def describe(self):
        return {self.name: {"source": "test", "dtype": "number", "shape": [], "units": "T"}}
"""


def _acts(context: SlotContext) -> list[tuple[str, float]]:
    file = context.folder / "acts.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(line.split()[0], float(line.split()[1])) for line in lines]


class TestStation(InstrumentSuite):
    factory = Station
    patience = 180.0

    @pytest.fixture
    def context(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlotContext:
        (tmp_path / "logging_device.py").write_text(LOGGING)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        device = {
            "driver": "object",
            "options": {"kind": "logging_device:Logging", "arguments": {"file": str(tmp_path / "acts.txt")}},
        }
        options = {
            "devices": {"d": device},
            "steps": [{"set": "d", "to": 1.0}, {"wait": 0.5}, {"read": "d"}],
            "result": {"signal": "d"},
        }
        return slot_context(tmp_path, options=options, unit="T")

    def marks(self, context: SlotContext) -> Mapping[str, float]:
        return {path.stem: path.stat().st_mtime for path in (context.state / "started").glob("*.json")}

    def acts(self, context: SlotContext) -> Sequence[tuple[str, float]]:
        return _acts(context)

    def cut_short(self, context: SlotContext, request: Request) -> None:
        waiting = slot_context(
            context.folder,
            options={**context.options, "steps": [{"set": "d", "to": 1.0}, {"wait": 600.0}]},
            unit="T",
        )
        Station(waiting).submit(request)
        while not _acts(context):
            time.sleep(0.02)
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "adapters.instruments.station.supervisor" in words and str(context.state) in words:
                os.kill(int(folder.name), signal.SIGKILL)
        while not is_free(context.state):
            time.sleep(0.02)


class Careless:
    """Acts at once; marks after it acted, and acts again when asked again."""

    API_VERSION = API_VERSION
    marks_first: ClassVar[bool] = False
    repeats: ClassVar[bool] = True

    def __init__(self, context: SlotContext) -> None:
        self._context, self._asked = context, {}
        context.state.mkdir(parents=True, exist_ok=True)

    def submit(self, request: Request) -> None:
        mark = self._context.state / f"{request.id}.json"
        was_marked = mark.exists()
        if self.marks_first and not was_marked:
            mark.write_text(json.dumps(time.time()))
        if self.repeats or not was_marked:
            with (self._context.folder / "acts.txt").open("a") as file:
                file.write(f"{request.id} {time.time()}\n")
        if not mark.exists():
            mark.write_text(json.dumps(time.time()))
        self._asked[request.id] = request

    def poll(self) -> Mapping[str, str]:
        return dict.fromkeys(self._asked, "done")

    def collect(self) -> list[Result | Failure]:
        return [self._failure(request) for request in self._asked.values()]

    def cancel(self, request_id: str) -> None:
        self._asked.pop(request_id, None)

    def _failure(self, request: Request) -> Failure:
        return Failure(
            request_id=request.id,
            target=self._context.target,
            label="",
            reason="r",
            remedy="m",
            provenance=Provenance(key=request.id, adapter="slot"),
            unknown=True,
        )


class Marking(Careless):
    marks_first = True


class Careful(Marking):
    repeats = False


class Deaf(Careful):
    def cancel(self, request_id: str) -> None:
        self._asked.get(request_id)


class Certain(Careful):
    def _failure(self, request: Request) -> Failure:
        return SimpleNamespace(request_id=request.id, unknown=False)  # type: ignore[return-value]


class Suite(InstrumentSuite):
    """The suite, for adapters that do everything in submit."""

    __test__ = False

    def __init__(self, factory: Any) -> None:
        type(self).factory = factory

    def marks(self, context: SlotContext) -> Mapping[str, float]:
        return {path.stem: json.loads(path.read_text()) for path in context.state.glob("*.json")}

    def acts(self, context: SlotContext) -> Sequence[tuple[str, float]]:
        return _acts(context)

    def cut_short(self, context: SlotContext, request: Request) -> None:
        self._make(context).submit(request)


CHECKS = (
    "test_a_started_mark_precedes_every_action",
    "test_cut_short_it_is_unknown_and_never_repeated",
    "test_cancelled_while_it_runs_it_ends",
    "test_submitted_again_nothing_is_done_again",
)


@pytest.mark.parametrize(
    ("factory", "check", "words"),
    [
        (Careless, CHECKS[0], "acted before the started mark"),
        (Marking, CHECKS[1], "what was cut short was done again"),
        (Certain, CHECKS[1], "expected an unknown outcome"),
        (Deaf, CHECKS[2], "a cancelled request is answered"),
        (Marking, CHECKS[3], "is done again when it is submitted"),
    ],
)
def test_a_careless_adapter_is_caught(tmp_path: Path, factory: Any, check: str, words: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=words):
        getattr(Suite(factory), check)(slot_context(tmp_path))


@pytest.mark.parametrize("check", CHECKS)
def test_a_careful_adapter_passes(tmp_path: Path, check: str) -> None:
    context = slot_context(tmp_path)
    getattr(Suite(Careful), check)(context)
    assert request_at(context, (0.5,)).id
