"""What a web page may ask of a server on this machine: only what the server's own pages ask.

A browser sends what any page tells it to, to this machine as well. The rules of cross-origin requests (CORS) keep that
page from reading the answer, not the server from acting: a POST without a body, or one that claims to be text, is sent
without asking, and a WebSocket is under no such rule at all. A page whose host name was pointed at 127.0.0.1 meanwhile
("DNS rebinding") has the server's own origin. So the server itself looks at two headers that no page can forge.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class Guard:
    """An ASGI application that passes on what does not come from a foreign page, and refuses the rest with 403.

    Who sends neither an origin nor a foreign host is a program, not a page: it is let through.

    Parameters
    ----------
    application
        What is guarded.
    names
        Host names by which it may be called, or None for any: where credentials are asked for, rebinding gains nothing.
    """

    def __init__(self, application: ASGIApp, names: Collection[str] | None = LOOPBACK_NAMES) -> None:
        self._application = application
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        from starlette.responses import PlainTextResponse
        from starlette.websockets import WebSocketClose

        refusal = self._refusal(scope) if scope["type"] in {"http", "websocket"} else ""
        if not refusal:
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
        else:
            await WebSocketClose(reason=refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if self._names is not None and _name(host) not in self._names:
            return f"this server answers to {' and '.join(self._names)}, not to {host or 'nobody'}"
        origin = headers.get(b"origin")
        if origin is not None and _place(origin.decode("latin-1").lower()) != host:
            return "pages of another origin may not use this server"
        return ""


def _name(host: str) -> str:
    """Host name of a ``Host`` header; empty where that cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """Host and port of an ``Origin`` header; "null", as of a sandboxed page, is nowhere."""
    return origin.partition("://")[2] or "nowhere"
