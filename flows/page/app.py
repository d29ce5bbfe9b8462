"""The page's answers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from flows.guard import Guard
from flows.page.changing import Form, decided, entered, judged
from flows.page.document import empty, moment_words, page, parts
from flows.page.guard import Sheltered, Token
from flows.page.viewer import Viewer
from loop.errors import DoukaError

_ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "plotly.min.js": "text/javascript"}
_LONGEST_FORM = 10_000


class Page:
    """What is answered to a browser.

    Parameters
    ----------
    viewer
        The history behind it.
    token
        That a change has to carry.
    """

    def __init__(self, viewer: Viewer, token: Token) -> None:
        self.viewer, self.token = viewer, token

    def whole(self, request: Request) -> Response:
        """The page as of a cycle."""
        try:
            seen, harm = self.viewer.see(_cycle(request)), self.viewer.chronicle.harm
        except DoukaError as error:
            seen, harm = None, str(error)
        if seen is None:
            return HTMLResponse(empty(self.viewer.called, str(self.viewer.path), harm))
        return HTMLResponse(page(seen, self.token.word))

    def moment(self, request: Request) -> Response:
        """What changes with the cycle, by section."""
        try:
            seen = self.viewer.see(_cycle(request))
        except DoukaError as error:
            return PlainTextResponse(str(error), HTTPStatus.CONFLICT)
        if seen is None:
            return PlainTextResponse("there is no cycle yet", HTTPStatus.NOT_FOUND)
        content = {"cycle": seen.cycle, "count": seen.count, "at": moment_words(seen)}
        return JSONResponse({**content, "parts": parts(seen, self.token.word)})

    def fitted(self, request: Request) -> Response:
        """What needs the model of a cycle, by section, for what a person chose to see."""
        try:
            seen = self.viewer.see(_cycle(request))
            made = {} if seen is None else self.viewer.fitted(seen, dict(request.query_params))
        except DoukaError as error:
            return PlainTextResponse(str(error), HTTPStatus.CONFLICT)
        return JSONResponse({"parts": made})

    def latest(self, _: Request) -> Response:
        """A word that changes whenever the page would."""
        stamp = self.viewer.stamp()
        return JSONResponse({"stamp": stamp, "count": self.viewer.chronicle.count})

    async def verdict(self, request: Request) -> Response:
        """Take in what a person decided about a value that was put aside."""
        return await self._changed(request, judged)

    async def decision(self, request: Request) -> Response:
        """Take in what a person decided about a request that waits for approval."""
        return await self._changed(request, decided)

    async def value(self, request: Request) -> Response:
        """Take in what a person measured."""
        return await self._changed(request, entered)

    async def _changed(self, request: Request, change: Callable[[Viewer, Form], str]) -> Response:
        body = await request.body()
        if len(body) > _LONGEST_FORM:
            return PlainTextResponse("that is too long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        form = {
            name: values[0]
            for name, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items()
        }
        if not self.token.agrees(form.get("token", "")):
            old = "this page is from an earlier run of douka watch: load it again"
            return PlainTextResponse(old, HTTPStatus.FORBIDDEN)
        try:
            said = await run_in_threadpool(change, self.viewer, form)
        except DoukaError as error:
            return PlainTextResponse(str(error), HTTPStatus.CONFLICT)
        return PlainTextResponse(f"{said[0].upper()}{said[1:]}.")

    def asset(self, request: Request) -> Response:
        """A file of the page's own."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            return PlainTextResponse("there is no such file", HTTPStatus.NOT_FOUND)
        return FileResponse(_asset(name), media_type=_ASSETS[name])


def application(viewer: Viewer, token: Token) -> Starlette:
    """Make the application of a page.

    Parameters
    ----------
    viewer
        The history behind it.
    token
        Of this run of the page.
    """
    answers = Page(viewer, token)
    return Starlette(
        routes=[
            Route("/", answers.whole),
            Route("/moment", answers.moment),
            Route("/fitted", answers.fitted),
            Route("/latest", answers.latest),
            Route("/decision", answers.decision, methods=["POST"]),
            Route("/value", answers.value, methods=["POST"]),
            Route("/verdict", answers.verdict, methods=["POST"]),
            Route("/assets/{name}", answers.asset),
        ],
        middleware=[Middleware(Sheltered), Middleware(Guard), Middleware(GZipMiddleware, minimum_size=2000)],
    )


def _cycle(request: Request) -> int | None:
    text = request.query_params.get("cycle", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _asset(name: str) -> Path:
    if name != "plotly.min.js":
        return Path(__file__).parent / "assets" / name
    # The library's file, without loading the library.
    found = importlib.util.find_spec("plotly")
    folder = Path(found.origin).parent if found and found.origin else Path()
    return folder / "package_data" / name
