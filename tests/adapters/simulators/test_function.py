"""The adapter ``function``, in threads and in processes of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators.calling import answer
from adapters.simulators.ending import ENDED, ending_of
from adapters.simulators.function import Function
from adapters.simulators.job import Stand
from loop.errors import AdapterError, CampaignError, DataError
from loop.protocols import SlotContext
from loop.records import Failure, Result
from loop.testing import SimulatorSuite, request_at, slot_context

FUNCTIONS = Path(__file__).with_name("functions.py")
THREADS = {"kind": "threads"}


def slot(folder: Path, name: str = "moment", runner: dict[str, Any] | None = None, **more: Any) -> SlotContext:
    return slot_context(folder, options={"function": f"{FUNCTIONS}:{name}", "runner": runner or THREADS, **more})


def answered(adapter: Function, seconds: float = 60.0) -> Result | Failure:
    deadline = time.monotonic() + seconds
    while not (found := list(adapter.collect())):
        assert time.monotonic() < deadline, adapter.poll()
        time.sleep(0.01)
    (only,) = found
    return only


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


class TestThreads(SimulatorSuite):
    factory = Function

    @pytest.fixture
    def context(self, tmp_path: Path) -> SlotContext:
        return slot(tmp_path)


@pytest.mark.slow
class TestLocal(SimulatorSuite):
    factory = Function
    patience = 120.0

    @pytest.fixture
    def context(self, tmp_path: Path) -> SlotContext:
        return slot(tmp_path, runner={"kind": "local"})


@pytest.mark.parametrize("runner", [THREADS, {"kind": "local"}])
def test_it_is_called_with_the_variables_by_name(tmp_path: Path, runner: dict[str, Any]) -> None:
    context = slot(tmp_path, runner=runner, arguments={"shift": 1.0}, uncertainty=0.1)
    adapter = Function(context)
    adapter.submit(request_at(context, [0.8]))
    found = answered(adapter)
    assert isinstance(found, Result)
    assert found.value == pytest.approx(3.05)
    assert (found.unit, found.uncertainty, found.x) == ("muB/f.u.", 0.1, (0.8,))
    assert found.provenance.file == "adapters/slot/jobs/000000-slot-0-1/answer.json"
    assert found.provenance.locator.endswith("functions.py:moment")


@pytest.mark.parametrize("content", ["", "{", "null", "{}", '"ended"'])
def test_an_end_that_a_power_failure_spoilt_is_done_again(tmp_path: Path, content: str) -> None:
    context = slot(tmp_path)
    adapter = Function(context)
    requests = [request_at(context, [x], number) for number, x in enumerate((0.2, 0.8))]
    for request in requests:
        adapter.submit(request)
    jobs = context.state / "jobs"
    until(lambda: len(list(jobs.glob("*/runner.ended.json"))) == 2)
    (jobs / f"{requests[0].id}-1" / "runner.ended.json").write_text(content)
    again = Function(context)  # by the next process
    for request in requests:
        again.submit(request)
    assert [found.request_id for found in again.collect()] == [requests[1].id]
    until(lambda: len(list(again.collect())) == 2)
    assert all(isinstance(found, Result) for found in again.collect())
    assert len(list(jobs.glob(f"{requests[0].id}-*"))) == 2


def test_an_end_that_cannot_be_read_now_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / ENDED).mkdir()  # as good as a file that the disk does not give
    look = ending_of(tmp_path)
    assert look is not None
    assert (look.stand, look.words) == (Stand.WAITING, f"waiting: {tmp_path / ENDED} cannot be read (Is a directory)")


def test_it_may_state_unit_uncertainty_and_a_note(tmp_path: Path) -> None:
    context = slot(tmp_path, "told", uncertainty=0.5)
    adapter = Function(context)
    adapter.submit(request_at(context, [0.3]))
    found = answered(adapter)
    assert isinstance(found, Result)
    assert (found.value, found.unit, found.uncertainty, found.provenance.note) == (2.3, "T", 0.02, "by hand")


def test_a_file_beside_the_campaign_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(a, b):\n    return a + b\n", encoding="utf-8")
    context = slot_context(
        tmp_path, options={"function": "mine.py:f", "runner": THREADS}, variables={"a": (0, 1), "b": (0, 2)},
        formula=None,
    )  # fmt: skip
    adapter = Function(context)
    adapter.submit(request_at(context, [0.25, 2.0]))
    found = answered(adapter)
    assert isinstance(found, Result)
    assert found.value == 2.25


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken", "ValueError: no moment at 0.25"),
        ("leaving", "SystemExit: 3"),
        ("text", "value 'much', expected a finite number"),
        ("endless", "value inf, expected a finite number"),
    ],
)
def test_what_goes_wrong_in_it_is_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    context = slot(tmp_path, name)
    adapter = Function(context)
    adapter.submit(request_at(context, [0.25]))
    found = answered(adapter)
    assert isinstance(found, Failure)
    assert reason in found.reason
    assert "jobs/000000-slot-0-1" in found.reason


def test_a_call_beyond_its_limit_has_failed_and_its_place_is_free(tmp_path: Path) -> None:
    gate, runner = tmp_path / "gate", {"kind": "threads", "workers": 1, "time_limit_seconds": 0.05}
    context = slot(tmp_path, "held", runner, arguments={"gate": str(gate)})
    adapter = Function(context)
    adapter.submit(request_at(context, [0.25]))
    found = answered(adapter)
    assert isinstance(found, Failure)
    assert "within its limit of 0.05 s" in found.reason
    adapter.settle([found.request_id or ""])
    adapter.submit(request_at(context, [0.5], 1))
    assert isinstance(answered(adapter), Failure)  # called in another thread, as long
    gate.touch()


def test_what_had_not_begun_is_called_after_a_restart_and_what_had_is_done_again(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    context = slot(tmp_path, "held", {"kind": "threads", "workers": 1}, arguments={"gate": str(gate)})
    requests, first = [request_at(context, [x], n) for n, x in enumerate((0.25, 0.5))], Function(context)
    for request in requests:
        first.submit(request)
    jobs = context.state / "jobs"
    while not (jobs / f"{requests[0].id}-1" / "runner.begun.json").exists():
        time.sleep(0.01)
    first._runner.cancel(first._job(first._last[requests[1].id]))  # its process would be gone: it begins nothing more
    again = Function(context)
    for request in requests:
        again.submit(request)
    again.poll()
    assert (jobs / f"{requests[0].id}-2").is_dir()
    gate.touch()
    while len(found := list(again.collect())) < 2:
        time.sleep(0.01)
    assert sorted(item.x for item in found if isinstance(item, Result)) == [(0.25,), (0.5,)]
    assert not (jobs / f"{requests[1].id}-2").exists()


def test_no_more_threads_than_workers(tmp_path: Path) -> None:
    gate, before = tmp_path / "gate", set(threading.enumerate())  # some of which may end meanwhile
    context = slot(tmp_path, "held", {"kind": "threads", "workers": 2}, arguments={"gate": str(gate)})
    adapter = Function(context)
    for number in range(6):
        adapter.submit(request_at(context, [number / 8], number))
    while sum("running" in words for words in adapter.poll().values()) < 2:
        time.sleep(0.01)
    assert len(set(threading.enumerate()) - before) == 2
    assert sorted(adapter.poll().values()).count("waiting for a thread") == 4
    gate.touch()
    while len(list(adapter.collect())) < 6:
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"function": "nowhere:moment"}, "options.function: 'nowhere:moment' cannot be imported: ModuleNotFoundError"),
        ({"function": f"{FUNCTIONS}:nothing"}, "has no attribute 'nothing'"),
        ({"function": f"{FUNCTIONS}:NUMBER"}, "is int, expected a function"),
        ({"function": "lost.py:f"}, "lost.py:f' cannot be imported: FileNotFoundError"),
        ({"function": "moment"}, "options.function: String should match pattern"),
        ({"function": f"{FUNCTIONS}:moment", "arguments": {"a": 1.0}}, "options.arguments names the variable 'a'"),
    ],
)
def test_unusable_options_are_refused(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(CampaignError) as refusal:
        Function(slot_context(tmp_path, options=options))
    assert words in str(refusal.value)


def test_threads_run_no_programs(elk_slot: Callable[..., SlotContext]) -> None:
    from adapters.simulators.codes import Elk

    with pytest.raises(AdapterError, match=r"calls Python functions, and .* is a program: use 'local'"):
        Elk(elk_slot("well", THREADS))


@pytest.mark.parametrize("returned", [None, True, "1", {"unit": "T"}, {"value": 1.0, "error": 2.0}, float("nan")])
def test_an_answer_is_a_finite_number(returned: object) -> None:
    with pytest.raises(DataError, match="the function returned"):
        answer(returned)


def test_what_is_sealed_is_forgotten(tmp_path: Path) -> None:
    context = slot(tmp_path)
    adapter = Function(context)
    request = request_at(context, [0.25])
    adapter.submit(request)
    found = answered(adapter)
    adapter.settle([request.id, "unknown"])
    assert not list(adapter.collect())
    assert not adapter.poll()
    adapter.submit(request)
    assert answered(adapter) == replace(found)
