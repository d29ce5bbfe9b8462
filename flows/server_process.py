"""The Prefect server, as a process that ends with the one that started it: ``python -m flows.server_process HOME PORT MODE``.

The first line it writes is its port. Standard input is a lifeline: when its other end closes, because the parent let go or was
killed, even by SIGKILL, the server stops. No pid file and no signal of one operating system are needed for that.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path

from flows.settings import LOOPBACK, environment, server_settings

PAGES = "pages"
EMBEDDED = "embedded"
PATIENCE_SECONDS = 5.0


def main() -> None:
    """Bind, say which port, serve until the lifeline closes."""
    home, port, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    listener = _bound(port)
    with environment(server_settings(home, listener.getsockname()[1], pages=mode == PAGES)):
        print(listener.getsockname()[1], flush=True)  # noqa: T201  # the parent reads it
        os.dup2(2, 1)
        threading.Thread(target=_stop_with_parent, daemon=True).start()
        _serve(listener)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    return listener


def _stop_with_parent() -> None:
    while os.read(0, 1):  # unbuffered: a buffer locked by this thread is fatal at the end of the interpreter
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    os._exit(0)  # it hung, or was still starting


def _serve(listener: socket.socket) -> None:
    import uvicorn

    application = "prefect.server.api.server:create_app"
    uvicorn.Server(uvicorn.Config(application, factory=True, log_level="error", lifespan="on")).run([listener])


if __name__ == "__main__":
    main()
