"""The Prefect server, a process that ends with its parent: ``python -m flows.server_process HOME PORT MODE``.

The first line it writes is ``serving PORT``, or ``found PORT`` where another such process serves the folder already.
Standard input is a lifeline: when its other end closes, because the parent let go or was killed, even by SIGKILL,
the server stops. That needs no pid file and no signal that only one operating system has.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from flows.guard import Guard
from flows.settings import LOOPBACK, environment, server_settings

PAGES = "pages"
EMBEDDED = "embedded"
LOCK = "server.lock"
PATIENCE_SECONDS = 5.0


def main() -> None:
    """Bind, say which port, serve until the lifeline closes."""
    home, port, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    with contextlib.ExitStack() as stack:
        if mode == PAGES:
            lock = stack.enter_context((home / LOCK).open("a+"))
            if not _locked(lock.fileno()):
                _tell("found", int(os.pread(lock.fileno(), 16, 0) or b"0"))
                return
            port = port or int(os.pread(lock.fileno(), 16, 0) or b"0")
        listener = stack.enter_context(_bound(port))
        port = listener.getsockname()[1]
        if mode == PAGES:
            os.ftruncate(lock.fileno(), 0)
            os.pwrite(lock.fileno(), str(port).encode(), 0)
        stack.enter_context(environment(server_settings(home, port, pages=mode == PAGES)))
        _tell("serving", port)
        threading.Thread(target=_stop_with_parent, daemon=True).start()
        _serve(listener)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:  # taken by another program
        listener.bind((LOOPBACK, 0))
    return listener


def _locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _tell(what: str, port: int) -> None:
    os.write(1, f"{what} {port}\n".encode())
    os.dup2(2, 1)  # whatever is printed from here on belongs into the log


def _stop_with_parent() -> None:
    while os.read(0, 1):  # unbuffered: a buffer locked by this thread is fatal at the end of the interpreter
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    os._exit(0)  # it hung, or was still starting


def _serve(listener: socket.socket) -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    application = Guard(create_app())
    uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="on")).run([listener])


if __name__ == "__main__":
    main()
