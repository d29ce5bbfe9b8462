"""What goes with every answer of the page, and the token that a change has to carry."""

from __future__ import annotations

import hmac
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
"""The page can load nothing from elsewhere, and no other page can hold or read it."""


class Sheltered:
    """An ASGI application whose answers carry :data:`HEADERS`.

    Parameters
    ----------
    application
        What answers.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._application(scope, receive, with_headers)


class Token:
    """A word that this run of the page alone knows, so that no other program's page can ask for a change.

    Parameters
    ----------
    word
        Drawn if None.
    """

    def __init__(self, word: str | None = None) -> None:
        self.word = word or secrets.token_urlsafe(24)

    def agrees(self, word: str) -> bool:
        """Whether a word is the token; takes as long whatever it is."""
        return hmac.compare_digest(word.encode(), self.word.encode())
