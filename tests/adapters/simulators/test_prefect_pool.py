"""The runner ``prefect``: flow runs of a server on loopback, done by two process workers, or by a stand-in for one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.simulators.attending import attend
from adapters.simulators.function import Function
from flows.server import Server
from flows.settings import api_url, client_settings
from loop.errors import AdapterError, CampaignError
from loop.protocols import SlotContext
from loop.records import Failure, Request, Result
from loop.testing import SimulatorSuite, request_at, slot_context

FUNCTIONS = Path(__file__).with_name("functions.py")
PATIENCE = 300.0
POOL = "calculations"

pytestmark = pytest.mark.timeout(900)

MakeSlot = Callable[..., SlotContext]


class Api:
    """What the tests themselves ask of the server."""

    def __init__(self, home: Path, port: int, client: Callable[[str], httpx.Client]) -> None:
        self.home, self.port, self.url = home, port, api_url(port)
        self._http = client(self.url + "/")

    def post(self, path: str, **content: Any) -> Any:
        return self._http.post(path, json=content).raise_for_status().json()

    def set_state(self, job: Path, state: str, message: str = "") -> None:
        number = (job / "runner.prefect").read_text()
        self.post(f"flow_runs/{number}/set_state", state={"type": state, "message": message}, force=True)

    def state(self, job: Path) -> str:
        number = (job / "runner.prefect").read_text()
        return str(self._http.get(f"flow_runs/{number}").raise_for_status().json()["state"]["type"])

    def delete(self, job: Path) -> None:
        self._http.delete(f"flow_runs/{(job / 'runner.prefect').read_text()}").raise_for_status()

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, prefect_client: Callable[[str], httpx.Client]) -> Iterator[Api]:
    home = tmp_path_factory.mktemp("prefect")
    with Server(home, pages=True) as server:
        server.wait()
        found = Api(home, server.port, prefect_client)
        yield found
        found.close()


@pytest.fixture
def slot(api: Api, tmp_path: Path) -> MakeSlot:
    def make(name: str = "moment", pool: str = POOL, *, silence: float = 300.0, **options: Any) -> SlotContext:
        runner = {"kind": "prefect", "server": api.url, "work_pool": pool, "silence_seconds": silence}
        return slot_context(tmp_path, options={"function": f"{FUNCTIONS}:{name}", "runner": runner, **options})

    return make


def asked(adapter: Function, context: SlotContext, *numbers: int) -> list[Request]:
    requests = [request_at(context, [number / 16], number) for number in numbers]
    for request in requests:
        adapter.submit(request)
    return requests


def until(holds: Callable[[], bool], adapter: Function) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, adapter.poll()
        time.sleep(0.1)


def answers(adapter: Function, count: int) -> list[Result | Failure]:
    until(lambda: len(list(adapter.collect())) == count, adapter)
    return list(adapter.collect())


def job_of(context: SlotContext, request: Request, attempt: int = 1) -> Path:
    return context.state / "jobs" / f"{request.id}-{attempt}"


def known(adapter: Function, context: SlotContext, request: Request, attempt: int = 1) -> Path:
    """Folder of a job, once the server has a run for it: one that was busy is asked again by a look."""
    job = job_of(context, request, attempt)
    until(lambda: bool(adapter.poll()) and (job / "runner.prefect").exists(), adapter)
    return job


@pytest.fixture
def stand_in(api: Api) -> Iterator[None]:
    """Does what a worker does with the runs of its pool, in a thread, without a process and a second for each."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            with suppress(httpx.HTTPError):  # the pool is made with the first request
                for found in api.post("work_pools/stand-in/get_scheduled_flow_runs"):
                    run = found["flow_run"]
                    api.post(f"flow_runs/{run['id']}/set_state", state={"type": "RUNNING"}, force=True)
                    with suppress(AdapterError):
                        attend(run["parameters"]["folder"], "a stand-in")
                    api.post(f"flow_runs/{run['id']}/set_state", state={"type": "COMPLETED"}, force=True)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.server
@pytest.mark.usefixtures("stand_in")
class TestPrefect(SimulatorSuite):
    factory = Function
    patience = PATIENCE

    @pytest.fixture
    def context(self, slot: MakeSlot) -> SlotContext:
        return slot(pool="stand-in")


@pytest.fixture
def workers(api: Api, tmp_path: Path) -> Iterator[list[int]]:
    """Two process workers, one run each at a time; their process ids."""
    settings = client_settings(api.home, api.port, quiet=True) | {
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
    }
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name in ("first", "second"):
            command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process",
                       "--limit", "1", "--name", name]  # fmt: skip
            with (tmp_path / f"{name}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        command, cwd=tmp_path, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True
                    )
                )
        yield [process.pid for process in started]
    finally:
        for process in started:  # asked to end, a worker waits for half a minute and more
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.server
def test_two_workers_share_the_work(slot: MakeSlot, workers: list[int], api: Api, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    context = slot("held", arguments={"gate": str(gate)})
    adapter = Function(context)
    first, second = asked(adapter, context, 0, 1)
    # Each waits for the gate, so neither worker can have done both.
    until(lambda: sum(words.startswith("running on Prefect worker") for words in adapter.poll().values()) == 2, adapter)
    gate.touch()
    found = answers(adapter, 2)
    assert sorted(item.x for item in found if isinstance(item, Result)) == [first.x, second.x]
    begun = [(job_of(context, each) / "runner.begun.json").read_text() for each in (first, second)]
    seen = {pid for pid in workers for text in begun if f"Prefect worker {pid} on " in text}
    assert seen == set(workers)
    notes = {item.provenance.note for item in found}
    assert all(note.startswith("done by Prefect worker ") for note in notes)
    until(lambda: api.state(job_of(context, first)) == "COMPLETED", adapter)


@pytest.mark.server
def test_one_run_for_a_request_also_after_a_crash(slot: MakeSlot, api: Api) -> None:
    context = slot(pool="nobody-1")
    adapter = Function(context)
    (request,) = asked(adapter, context, 1)
    number = known(adapter, context, request) / "runner.prefect"
    before = number.read_text()
    number.unlink()  # killed between asking for the run and writing its number down
    again = Function(context)
    again.submit(request)
    until(lambda: "scheduled" in again.poll()[request.id], again)
    assert number.read_text() == before
    again.cancel(request.id)
    assert api.state(job_of(context, request)) == "CANCELLED"


@pytest.mark.server
def test_what_crashed_or_is_forgotten_is_done_again_and_what_failed_is_not(slot: MakeSlot, api: Api) -> None:
    context = slot(pool="nobody-2", attempts=3)
    adapter = Function(context)
    (request,) = asked(adapter, context, 1)
    api.set_state(known(adapter, context, request), "CRASHED", "the node went down")
    api.delete(known(adapter, context, request, 2))
    api.set_state(known(adapter, context, request, 3), "FAILED", "no such folder there")
    (found,) = answers(adapter, 1)
    assert isinstance(found, Failure)
    assert "failed (no such folder there)" in found.reason
    assert not job_of(context, request, 4).exists()

    (other,) = asked(adapter, context, 2)
    for attempt in (1, 2, 3):
        api.set_state(known(adapter, context, other, attempt), "CRASHED", "the node went down")
    reasons = [item.reason for item in answers(adapter, 2) if isinstance(item, Failure)]
    assert any("lost 3 times" in reason and "crashed (the node went down)" in reason for reason in reasons)


@pytest.mark.server
def test_silence_is_taken_for_the_end_of_a_worker(slot: MakeSlot, api: Api) -> None:
    context = slot(pool="nobody-3", silence=0.2)
    adapter = Function(context)
    (request,) = asked(adapter, context, 1)
    api.set_state(known(adapter, context, request), "RUNNING")

    def looked_at_by_another_process() -> bool:
        again = Function(context)
        again.submit(request)
        return bool(again.poll()) and job_of(context, request, 2).exists()

    until(looked_at_by_another_process, adapter)
    assert api.state(job_of(context, request)) == "CRASHED"
    adapter.cancel(request.id)


@pytest.mark.server
def test_a_number_that_a_power_failure_left_empty_is_asked_for_again(slot: MakeSlot, api: Api) -> None:
    context = slot(pool="nobody-4")
    adapter = Function(context)
    (request,) = asked(adapter, context, 1)
    number = known(adapter, context, request) / "runner.prefect"
    before = number.read_text()
    number.write_text("")
    until(lambda: "scheduled" in adapter.poll()[request.id], adapter)
    assert number.read_text() == before, "its key finds the same run"
    adapter.cancel(request.id)
    assert api.state(job_of(context, request)) == "CANCELLED"


def test_a_server_that_is_away_is_waited_for(tmp_path: Path) -> None:
    runner = {"kind": "prefect", "server": "http://127.0.0.1:9/api"}
    context = slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner})
    adapter = Function(context)
    (request,) = asked(adapter, context, 1)
    assert "waiting: the Prefect server http://127.0.0.1:9/api does not answer" in adapter.poll()[request.id]
    assert not list(adapter.collect())
    adapter.cancel(request.id)


def test_the_password_stands_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_PREFECT", raising=False)
    runner = {"kind": "prefect", "authentication": "LAB_PREFECT"}
    context = slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner})
    with pytest.raises(AdapterError, match=r"slot 'slot': the environment variable LAB_PREFECT, .* is not set"):
        Function(context)
    monkeypatch.setenv("LAB_PREFECT", "me:secret")
    Function(context)


def test_the_address_is_that_of_the_interface(tmp_path: Path) -> None:
    runner = {"kind": "prefect", "server": "http://127.0.0.1:4200"}
    with pytest.raises(CampaignError, match=r"options\.runner\.prefect\.server: String should match pattern"):
        Function(slot_context(tmp_path, options={"function": f"{FUNCTIONS}:moment", "runner": runner}))
