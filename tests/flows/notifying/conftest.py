"""A webhook on loopback that keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Receiver(ThreadingHTTPServer):
    """Takes messages, or refuses them while ``refuses`` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages: list[dict[str, Any]] = []
        self.refuses = False

    @property
    def url(self) -> str:
        """Where to send; the path is the secret."""
        return f"http://127.0.0.1:{self.server_address[1]}/s3cret"


class Handler(BaseHTTPRequestHandler):
    """Answers one message."""

    server: Receiver

    def do_POST(self) -> None:
        """Keep it."""
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.refuses:
            self.server.messages.append(content)
        self.send_response(HTTPStatus.INTERNAL_SERVER_ERROR if self.server.refuses else HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """One that listens; its address stands in ``DOUKA_TEST_WEBHOOK``."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("DOUKA_TEST_WEBHOOK", server.url)
        yield server
        server.shutdown()
        thread.join()
