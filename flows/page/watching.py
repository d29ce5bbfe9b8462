"""Showing the page until it is interrupted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from flows.binding import LOOPBACK
from flows.errors import PortError
from flows.page.address import announced
from flows.page.app import application
from flows.page.guard import Token
from flows.page.viewer import Viewer

USUAL_PORT = 8737
_PATIENCE_SECONDS = 2


def watch(viewer: Viewer, port: int | None, shown: Callable[[str], None]) -> None:
    """Serve the page on loopback until Ctrl-C.

    Parameters
    ----------
    viewer
        The history behind it.
    port
        To listen on; the usual one, or any where that is taken, if None.
    shown
        Is told the address once it can be opened.

    Raises
    ------
    PortError
        Where the port is taken.
    """
    with _bound(port) as bound:
        bound.listen()
        number = bound.getsockname()[1]
        app = application(viewer, Token())
        config = uvicorn.Config(
            app, lifespan="off", log_level="error", access_log=False, timeout_graceful_shutdown=_PATIENCE_SECONDS
        )
        url = f"http://{LOOPBACK}:{number}/"
        shown(url)
        # uvicorn ends in good order at the first Ctrl-C, then passes it on.
        with suppress(KeyboardInterrupt), announced(viewer.path, url):
            uvicorn.Server(config).run(sockets=[bound])


def _bound(port: int | None) -> socket.socket:
    wanted = (USUAL_PORT, 0) if port is None else (port,)
    for number in wanted:
        own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind((LOOPBACK, number))
        except OSError:
            own.close()
        else:
            return own
    raise PortError(f"port {port} of this machine is taken: give another one, or leave --port out")
