"""The runner ``dask``: a scheduler and two workers on loopback, each a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.options import parse_options
from adapters.simulators.function import Function
from adapters.simulators.runners import Dask
from loop.errors import AdapterError, CampaignError, PluginError
from loop.plugins import plugin_named
from loop.protocols import SlotContext
from loop.records import Failure, Request, Result, Source
from loop.testing import SimulatorSuite, request_at, slot_context

FUNCTIONS = Path(__file__).with_name("functions.py")
PATIENCE = 120.0


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.running = {"scheduler": self.scheduler()}

    def scheduler(self) -> subprocess.Popen[bytes]:
        port = self.address.rpartition(":")[2]
        return self._start("scheduler", "scheduler", "--port", port, "--no-dashboard", "--dashboard-address",
                           "127.0.0.1:0")  # fmt: skip

    def worker(self, name: str) -> None:
        self.running[name] = self._start(name, "worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny",
                                         "--no-dashboard", "--local-directory", str(self.folder / name))  # fmt: skip

    def wait(self) -> None:
        """Until the scheduler listens; a client would wait longer between two trials."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(self.address.rpartition(":")[2]))).close()
            except OSError:
                assert time.monotonic() < deadline, "the scheduler does not start"
                time.sleep(0.1)
            else:
                return

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running)[::-1]:
            self.kill(name)

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--host", "127.0.0.1"]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        made.worker("first")
        made.worker("second")
        made.wait()
        yield made
    finally:
        made.stop()


@pytest.fixture
def slot(cluster: Cluster, tmp_path: Path) -> Callable[..., SlotContext]:
    def make(name: str = "moment", **options: Any) -> SlotContext:
        runner = {"kind": "dask", "scheduler": cluster.address, "time_limit_seconds": 60.0}
        return slot_context(tmp_path, options={"function": f"{FUNCTIONS}:{name}", "runner": runner, **options})

    return make


@pytest.fixture
def adapter_of() -> Iterator[Callable[[SlotContext], Function]]:
    """Make adapters whose connections end with the test."""
    made: list[Function] = []

    def make(context: SlotContext) -> Function:
        made.append(Function(context))
        return made[-1]

    yield make
    for each in made:
        for request in list(each.poll()):
            each.cancel(request)
        let_go(each)


def let_go(adapter: Function) -> None:
    runner = adapter._runner
    assert isinstance(runner, Dask)
    runner.disconnect()


def asked(adapter: Function, context: SlotContext, *numbers: int) -> list[Request]:
    requests = [request_at(context, [number / 16], number) for number in numbers]
    for request in requests:
        adapter.submit(request)
    return requests


def until(holds: Callable[[], bool], adapter: Function) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, adapter.poll()
        time.sleep(0.02)


def processes_with(word: str) -> list[Path]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word in (folder / "cmdline").read_bytes().decode(errors="replace"):
                found.append(folder)
    return found


def answers(adapter: Function, count: int) -> list[Result | Failure]:
    until(lambda: len(list(adapter.collect())) == count, adapter)
    return list(adapter.collect())


def running(adapter: Function) -> list[str]:
    return sorted(words for words in adapter.poll().values() if words.startswith("running on Dask worker"))


def workers(found: list[Result | Failure]) -> set[str]:
    return {item.provenance.note.split(" at ")[0] for item in found}


@pytest.mark.slow
class TestDask(SimulatorSuite):
    factory = Function
    patience = PATIENCE

    @pytest.fixture
    def context(self, slot: Callable[..., SlotContext], monkeypatch: pytest.MonkeyPatch) -> Iterator[SlotContext]:
        made: list[Function] = []

        def factory(context: SlotContext) -> Function:
            made.append(Function(context))
            return made[-1]

        factory.API_VERSION = Function.API_VERSION  # type: ignore[attr-defined]
        monkeypatch.setattr(type(self), "factory", staticmethod(factory))
        yield slot()
        for each in made:
            let_go(each)


@pytest.mark.slow
def test_both_workers_work_and_one_is_killed(slot, adapter_of, cluster: Cluster, tmp_path: Path) -> None:
    first_gate, second_gate = tmp_path / "gate-1", tmp_path / "gate-2"
    context = slot("held", arguments={"gate": str(first_gate)})
    adapter = adapter_of(context)
    asked(adapter, context, 0, 1)
    until(lambda: len(running(adapter)) == 2, adapter)
    first_gate.touch()
    assert workers(answers(adapter, 2)) == {"done by Dask worker first", "done by Dask worker second"}

    context = slot("held", arguments={"gate": str(second_gate)})
    adapter = adapter_of(context)
    requests = asked(adapter, context, 2, 3, 4, 5)
    until(lambda: len(running(adapter)) == 2, adapter)
    begun = [name for name, words in adapter.poll().items() if "worker first" in words]
    cluster.kill("first")
    jobs = context.state / "jobs"
    # What it ran ends with it, a moment later; with the gate open it might answer in that moment.
    until(lambda: not any(processes_with(f"{name}-1") for name in begun), adapter)
    second_gate.touch()
    found = answers(adapter, 4)
    assert sorted(item.x for item in found if isinstance(item, Result)) == [request.x for request in requests]
    assert workers(found) == {"done by Dask worker second"}
    assert {folder.name.rpartition("-")[0] for folder in jobs.glob("*-2")} == set(begun)
    assert not (jobs / f"{begun[0]}-1" / "answer.json").exists()  # its process ended with its worker
    cluster.worker("first")


@pytest.mark.slow
def test_what_runs_goes_on_when_douka_ends_and_is_not_begun_twice(slot, adapter_of, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    context = slot("held", arguments={"gate": str(gate)})
    adapter = adapter_of(context)
    (request,) = asked(adapter, context, 0)
    until(lambda: len(running(adapter)) == 1, adapter)
    let_go(adapter)
    again = adapter_of(context)
    again.submit(request)
    until(lambda: len(running(again)) == 1, again)
    gate.touch()
    (found,) = answers(again, 1)
    assert isinstance(found, Result)
    assert [folder.name for folder in (context.state / "jobs").iterdir()] == [f"{request.id}-1"]


@pytest.mark.slow
def test_cancelled_jobs_leave_their_workers_free(slot, adapter_of, tmp_path: Path) -> None:
    held = slot("held", arguments={"gate": str(tmp_path / "never")})
    adapter = adapter_of(held)
    requests = asked(adapter, held, *range(4))
    until(lambda: len(running(adapter)) >= 1, adapter)
    for request in requests:
        adapter.cancel(request.id)
    plain = slot()
    other = adapter_of(plain)
    asked(other, plain, *range(8, 14))
    assert all(isinstance(item, Result) for item in answers(other, 6))
    assert not list((held.state / "jobs").glob("*-2"))


@pytest.mark.slow
def test_failures_have_reasons(slot, adapter_of) -> None:
    context = slot("broken")
    adapter = adapter_of(context)
    asked(adapter, context, 4)
    (found,) = answers(adapter, 1)
    assert isinstance(found, Failure)
    assert "ended with status 1; stderr.txt ends with" in found.reason
    assert "ValueError: no moment at 0.25" in found.reason


@pytest.mark.slow
def test_a_scheduler_that_ends_costs_nothing_but_time(
    tmp_path: Path, adapter_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.simulators.runners.dask_client.AGAIN_SECONDS", 0.0)
    monkeypatch.setattr("adapters.simulators.runners.dask_client.CONNECT_SECONDS", 1.0)
    place = tmp_path / "cluster"
    place.mkdir()
    cluster = Cluster(place)
    try:
        runner = {"kind": "dask", "scheduler": cluster.address}
        context = slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner})
        adapter = adapter_of(context)
        (request,) = asked(adapter, context, 1)
        until(lambda: adapter.poll()[request.id] == "waiting for a worker", adapter)
        cluster.kill("scheduler")
        until(lambda: "does not answer" in adapter.poll()[request.id], adapter)
        cluster.running["scheduler"] = cluster.scheduler()
        cluster.worker("late")
        (found,) = answers(adapter, 1)
        assert isinstance(found, Result)
        assert workers([found]) == {"done by Dask worker late"}
    finally:
        cluster.stop()


def test_the_extra_is_named_where_dask_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.simulators.runners.dask.find_spec", lambda name: None if name == "distributed" else 1)
    runner = {"kind": "dask", "scheduler": "tcp://127.0.0.1:1"}
    with pytest.raises(AdapterError, match=r"slot 'slot': .* needs distributed: pip install 'douka\[dask\]'"):
        Function(slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner}))


@pytest.mark.parametrize("address", ["", "127.0.0.1:8786", "scheduler.json"])
def test_an_address_names_its_protocol(tmp_path: Path, address: str) -> None:
    runner = {"kind": "dask", "scheduler": address}
    with pytest.raises(CampaignError, match=r"options\.runner\.dask\.scheduler: String should match pattern"):
        Function(slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner}))


def test_instruments_have_no_runner(tmp_path: Path) -> None:
    options = {"runner": {"kind": "dask", "scheduler": "tcp://127.0.0.1:1"}}
    from adapters.instruments.station.options import StationOptions

    with pytest.raises(CampaignError, match=r"options\.runner is unknown"):
        parse_options(StationOptions, slot_context(tmp_path, options=options))
    with pytest.raises(PluginError, match="function"):
        plugin_named(Source.EXPERIMENT, "function")
