"""A server that ends with its parent, on loopback only, closed to other pages."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from flows.errors import SchedulerError
from flows.password import password
from flows.server import Server, answers

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]
HOLD = """
import sys, time
from pathlib import Path
from flows.server import Server
server = Server(Path(sys.argv[1]), pages=sys.argv[2] == "pages")
if sys.argv[3] == "wait":
    server.wait()
print(server.port, flush=True)
time.sleep(600)
"""
LOCKED_SECONDS = 60.0
PATIENCE = 120_000
"""Milliseconds after which something that was waited for will not come: a busy machine is slow."""

WRONG = {"Authorization": "Basic " + base64.b64encode(b"douka:wrong").decode()}

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


@pytest.mark.parametrize("moment", ["wait", "at once"])
def test_it_ends_with_a_killed_parent(
    program: Program,
    prefect_home: Path,
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
    moment: str,
) -> None:
    parent = program(HOLD, prefect_home, "embedded", moment)
    parent.stdout.readline()
    eventually(lambda: len(servers(prefect_home)) == 1, 30)  # that of another test may be ending
    parent.kill()
    eventually(lambda: not servers(prefect_home), 30)


def test_one_with_pages_ends_with_the_last_who_uses_it(
    program: Program, tmp_path: Path, servers: Callable[[Path], list[int]]
) -> None:
    parent = program(HOLD, tmp_path, "pages", "wait")
    port = int(parent.stdout.readline())
    with Server(tmp_path, pages=True) as found:
        parent.kill()
        parent.wait()
        with Server(tmp_path, pages=True) as another:
            assert (found.port, another.port) == (port, port)
            assert {found.is_ours, another.is_ours} == {False}
        assert found.is_running, "others use it"
        assert len(servers(tmp_path)) == 1
    assert servers(tmp_path) == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with pages; for reading, but for what the tests of this module do to it."""
    with Server(tmp_path_factory.mktemp("pages"), pages=True) as server:
        server.wait()
        yield server


@pytest.fixture(scope="module")
def deployment(pages: Server) -> str:
    """Path of the API below which runs of a deployment can be made."""
    _, flow = _send(pages.port, "POST", "/api/flows/", {"name": "cycle"})
    _, made = _send(pages.port, "POST", "/api/deployments/", {"name": "tiny", "flow_id": flow["id"], "paused": True})
    return f"/api/deployments/{made['id']}"


def _send(
    port: int, method: str, path: str, content: object = None, *, to: str = "127.0.0.1", **headers: str
) -> tuple[int, Any]:
    """Status and content of an answer; while the database is locked Prefect says 503, and its clients ask again."""
    body = "" if content is None else json.dumps(content)
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    deadline = time.monotonic() + LOCKED_SECONDS
    while True:
        connection = http.client.HTTPConnection(to, port)
        connection.request(method, path, body, named)
        response = connection.getresponse()
        status, text = response.status, response.read().decode()
        connection.close()
        if status != http.HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
            return status, json.loads(text) if text.startswith(("{", "[")) else text
        time.sleep(0.5)


def _runs(port: int) -> int:
    status, runs = _send(port, "POST", "/api/flow_runs/filter", {})
    assert status == http.HTTPStatus.OK
    return len(runs)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://evil.example:{port}", "Host": "evil.example:{port}"},  # a name pointed at 127.0.0.1
        {"Host": "evil.example:{port}"},
    ],
)
def test_a_foreign_page_cannot_start_a_run(pages: Server, deployment: str, headers: dict[str, str], kind: str) -> None:
    sent = {name: value.format(port=pages.port) for name, value in headers.items()} | {"Content-Type": kind}
    before = _runs(pages.port)
    for path, content in ((f"{deployment}/create_flow_run", {}), (f"{deployment}/resume_deployment", None)):
        status, said = _send(pages.port, "POST", path, content, **sent)
        assert status == http.HTTPStatus.FORBIDDEN, said
    assert _runs(pages.port) == before
    assert _send(pages.port, "GET", deployment)[1]["paused"]


def test_its_own_pages_and_programs_can(pages: Server, deployment: str) -> None:
    before = _runs(pages.port)
    for headers in ({"Origin": pages.url}, {}, {"Host": "localhost:8080", "Origin": "http://localhost:8080"}):
        status, _ = _send(pages.port, "POST", f"{deployment}/create_flow_run", {}, **headers)
        assert status == http.HTTPStatus.CREATED
    assert _runs(pages.port) == before + 3


@pytest.mark.parametrize("path", ["events/in", "events/out", "logs/out"])
def test_a_foreign_page_cannot_open_a_socket(pages: Server, path: str) -> None:
    address = f"ws://127.0.0.1:{pages.port}/api/{path}"
    with pytest.raises(InvalidStatus, match="403"), connect(address, origin=Origin("http://evil.example")):
        pass
    with connect(address, origin=Origin(pages.url)):
        pass


def test_pages_are_found_and_read_by_themselves_only(pages: Server) -> None:
    with Server(pages.log.parent, pages=True) as found:
        assert not found.is_ours
        assert found.port == pages.port
        assert found.is_running
    assert pages.is_running
    assert _allowed_origin(pages.port, "http://evil.example") is None
    assert _allowed_origin(pages.port, pages.url) == pages.url
    assert b"<html" in _get(pages.port, "/").lower()
    assert json.loads(_get(pages.port, "/ui-settings"))["api_url"] == f"{pages.url}/api"


Guarded = tuple[Server, str, dict[str, str]]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, servers: Callable[[Path], list[int]]) -> Iterator[Guarded]:
    """A server that other machines reach, its credentials, and a header that carries them."""
    home = tmp_path_factory.mktemp("guarded")
    with Server(home, pages=True, host="0.0.0.0") as server:  # noqa: S104
        server.wait()
        word = password(home)
        yield server, word, {"Authorization": f"Basic {base64.b64encode(word.encode()).decode()}"}
    assert not answers(server.port)
    assert servers(home) == []
    assert word not in (home / "pages.log").read_text()


def test_other_machines_need_the_password(guarded: Guarded, servers: Callable[[Path], list[int]]) -> None:
    server, word, given = guarded
    home, port = server.log.parent, server.port
    with pytest.raises(SchedulerError, match=r"listens on 0\.0\.0\.0 already"):
        Server(home, pages=True, host=_own_address())
    for host in ("127.0.0.1", _own_address()):
        asked = [_send(port, "POST", "/api/flow_runs/filter", {}, to=host, **sent) for sent in ({}, WRONG)]
        assert [status for status, _ in asked] == [http.HTTPStatus.UNAUTHORIZED] * 2
        assert _send(port, "POST", "/api/flow_runs/filter", {}, to=host, **given) == (200, [])
        foreign = {**given, "Origin": "http://evil.example"}
        assert _send(port, "POST", "/api/flow_runs/filter", {}, to=host, **foreign)[0] == http.HTTPStatus.FORBIDDEN
    with pytest.raises(InvalidStatus, match="403"), connect(f"ws://127.0.0.1:{port}/api/events/in"):
        pass
    (process,) = servers(home)
    assert word not in Path(f"/proc/{process}/cmdline").read_text()


def test_its_pages_show_nothing_without_the_password(browser: Any, guarded: Guarded) -> None:
    server, word, given = guarded
    _, flow = _send(server.port, "POST", "/api/flows/", {"name": "cycle"}, **given)
    asked = {"name": "kept-to-itself", "flow_id": flow["id"], "paused": True}
    assert _send(server.port, "POST", "/api/deployments/", asked, **given)[0] in {200, 201}
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"http://127.0.0.1:{server.port}/")
    field = page.locator("input[type=password]")
    field.wait_for()
    place = page.url.partition("/login")[0]
    for wrong in ("", word.partition(":")[2]):  # the part behind the colon alone is not it
        if wrong:
            field.fill(wrong)
            field.press("Enter")
            page.get_by_text(re.compile("invalid credentials|authentication failed", re.IGNORECASE)).first.wait_for()
        page.goto(f"{place}/deployments")
        field.wait_for()
        assert "kept-to-itself" not in page.content()
    field.fill(word)
    field.press("Enter")
    field.wait_for(state="detached")
    page.goto(f"{place}/deployments")
    page.get_by_text("kept-to-itself").first.wait_for()
    page.close()


def test_runs_that_ended_long_ago_are_forgotten(
    prefect_home: Path, eventually: Eventually, servers: Callable[[Path], list[int]]
) -> None:
    with Server(prefect_home, pages=True, keep=timedelta(hours=2)) as server:
        port = server.port
        server.wait()
        _, flow = _send(port, "POST", "/api/flows/", {"name": "cycle"})
        old, young = (_ended_run(port, flow["id"]) for _ in range(2))
        log = {"name": "douka", "level": 30, "message": "!", "timestamp": "2026-01-01T00:00:00Z", "flow_run_id": old}
        assert _send(port, "POST", "/api/logs/", [log])[0] == http.HTTPStatus.CREATED
        with closing(sqlite3.connect(prefect_home / "prefect.db", timeout=60)) as database, database:
            changed = "update flow_run set end_time = datetime('now', '-3 hours') where id = ?"
            assert database.execute(changed, [str(UUID(old))]).rowcount == 1
        server.restart()  # it looks at the start, then every hour
        if server.port != port:  # only where another program has taken it meanwhile
            with pytest.raises(OSError, match="in use"), socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        port = server.port
        eventually(lambda: _send(port, "GET", f"/api/flow_runs/{old}")[0] == http.HTTPStatus.NOT_FOUND, 300)
        assert _send(port, "GET", f"/api/flow_runs/{young}")[0] == http.HTTPStatus.OK
        eventually(lambda: _logs(prefect_home, old) == 0, 60)  # they go after the run
    assert not answers(port)
    assert servers(prefect_home) == []


def _logs(home: Path, run: str) -> int:
    with closing(sqlite3.connect(home / "prefect.db", timeout=60)) as database:
        ((found,),) = database.execute("select count(*) from log where flow_run_id = ?", [run])
    return int(found)


def _ended_run(port: int, flow: str) -> str:
    state = {"type": "COMPLETED", "name": "Completed"}
    status, run = _send(port, "POST", "/api/flow_runs/", {"flow_id": flow, "state": {"type": "RUNNING"}})
    assert status == http.HTTPStatus.CREATED, run
    said, told = _send(port, "POST", f"/api/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
    assert said == http.HTTPStatus.CREATED, told
    return str(run["id"])


def _own_address() -> str:
    """An address of this machine that others can reach, else a loopback one that is not the usual one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, only asks by which way it would be sent
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


def _allowed_origin(port: int, origin: str) -> str | None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("OPTIONS", "/api/flow_runs/", headers=headers)
    allowed = connection.getresponse().getheader("Access-Control-Allow-Origin")
    connection.close()
    return allowed


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept": "text/html"})
    response = connection.getresponse()
    if response.status == http.HTTPStatus.TEMPORARY_REDIRECT:
        target = response.getheader("Location") or "/"
        connection.close()
        return _get(port, target)
    content = response.read()
    connection.close()
    return content
