"""Who may ask: this machine's own browser, on this page, and nobody else."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""With every answer: the page can load nothing from elsewhere, and no other page can hold or read it."""

Answer = Callable[[Request], Awaitable[Response]]


class Guard:
    """Refuses names and origins that are not this page's own.

    A page on the network can make a browser send requests here, also under a name of its own that it lets point here.
    So the name that was asked for has to be a loopback one, and a change has to come from this page: by its origin, and
    with its token.

    Parameters
    ----------
    port
        That the page listens on.
    token
        Of this run of the page.
    """

    def __init__(self, port: int, token: str) -> None:
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self.token = token

    async def __call__(self, request: Request, answer: Answer) -> Response:
        """Answer, or refuse."""
        refusal = self._refusal(request)
        response = await answer(request) if refusal is None else PlainTextResponse(refusal, status_code=403)
        response.headers.update(HEADERS)
        return response

    def holds(self, token: str) -> bool:
        """Whether a token is the page's own."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def _refusal(self, request: Request) -> str | None:
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if host not in self._hosts:
            return f"asked for as {host!r}, expected {' or '.join(sorted(self._hosts))}"
        if origin is not None and origin not in {f"http://{name}" for name in self._hosts}:
            return f"asked from {origin}: another page may not"
        if request.method not in {"GET", "HEAD"} and origin is None:
            return "a change has to say which page it comes from (Origin)"
        return None
