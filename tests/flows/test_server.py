"""A server that ends with its parent, on loopback only, closed to other pages."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

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
    assert len(servers(prefect_home)) == 1
    parent.kill()
    eventually(lambda: not servers(prefect_home), 30)


def test_pages_are_found_and_closed_to_others(tmp_path: Path, servers: Callable[[Path], list[int]]) -> None:
    home = tmp_path / "home"
    with Server(home, pages=True) as server:
        server.wait()
        with Server(home, pages=True) as found:
            assert not found.is_ours
            assert found.port == server.port
            assert found.is_running
        assert server.is_running
        assert _allowed_origin(server.port, "http://evil.example") is None
        assert _allowed_origin(server.port, server.url) == server.url
        assert b"<html" in _get(server.port, "/").lower()
        assert json.loads(_get(server.port, "/ui-settings"))["api_url"] == f"{server.url}/api"
        port = server.port
        server.restart()
        assert server.port == port
    assert not answers(port)
    assert servers(home) == []


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
