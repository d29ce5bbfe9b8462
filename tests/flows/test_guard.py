"""What is let through and what is not, header by header; against a running server: ``test_server.py``."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from flows.guard import Guard

OWN = "127.0.0.1:4200"


async def _application(scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": f"{scope['type']} reached"})


def _answer(kind: str, *, names: Any = ("127.0.0.1", "localhost", "::1"), **headers: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        raise AssertionError("nothing is read of what is refused")

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(Guard(_application, names)(scope, receive, send))
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": OWN},
        {"host": OWN, "origin": f"http://{OWN}"},
        {"host": "localhost:80", "origin": "https://localhost:80"},
        {"host": "LOCALHOST:80", "origin": "http://localhost:80"},
        {"host": "[::1]:4200"},
        {"host": "localhost"},
    ],
)
def test_own_pages_and_programs_pass(kind: str, headers: dict[str, str]) -> None:
    assert _answer(kind, **headers) == [{"type": f"{kind} reached"}]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": ""},
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "evil.example:4200", "origin": "http://evil.example:4200"},
        {"host": "[::1"},
        {"host": "evil.example@127.0.0.1x"},
        {"host": OWN, "origin": "null"},
        {"host": OWN, "origin": ""},
        {"host": OWN, "origin": "http://evil.example"},
        {"host": OWN, "origin": "http://127.0.0.1:4201"},
        {"host": OWN, "origin": f"http://{OWN}.evil.example"},
        {"host": OWN, "origin": f"http://evil.example@{OWN}"},
        {"host": OWN, "origin": f"{OWN}"},
    ],
)
def test_foreign_pages_do_not(headers: dict[str, str]) -> None:
    assert _answer("http", **headers)[0]["status"] == 403
    (closed,) = _answer("websocket", **headers)
    assert closed["type"] == "websocket.close"


def test_where_any_name_will_do_the_origin_still_counts() -> None:
    assert _answer("http", names=None, host="lab.example:4200", origin="http://lab.example:4200")[0]["type"] == (
        "http reached"
    )
    assert _answer("http", names=None, host="lab.example:4200", origin="http://evil.example")[0]["status"] == 403


def test_what_is_no_request_passes() -> None:
    assert _answer("lifespan") == [{"type": "lifespan reached"}]
