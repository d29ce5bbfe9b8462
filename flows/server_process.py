"""The Prefect server, a process: ``python -m flows.server_process HOME PORT MODE HOST KEEP``; it ends with its parent.

KEEP is how long runs are kept, in seconds. The first line it writes is ``serving PORT HOST``, or ``found PORT HOST``
where another such process serves the folder already.
Standard input is a lifeline: see :mod:`flows.lifeline`. One with pages lives on while others use it: see
:mod:`flows.share`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from flows.binding import LOOPBACK, is_loopback, reached_at
from flows.guard import LOOPBACK_NAMES, Guard
from flows.lifeline import at_the_end_of_the_parent
from flows.settings import environment, server_settings
from flows.share import wait_until_unused

PAGES = "pages"
EMBEDDED = "embedded"
LOCK = "server.lock"
PATIENCE_SECONDS = 5.0
BACKLOG = 2048
_LOOK_SECONDS = 0.01


def main() -> None:
    """Bind, say which port, serve until the lifeline closes."""
    home, port, mode, host = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    keep = timedelta(seconds=float(sys.argv[5]))
    is_shared = threading.Event()
    at_the_end_of_the_parent(lambda: _end(home if is_shared.is_set() else None))
    with contextlib.ExitStack() as stack:
        if mode == PAGES:
            lock = stack.enter_context((home / LOCK).open("a+"))
            while not _locked(lock.fileno()):
                found = _kept(lock.fileno())
                if _listens(*found):
                    _tell("found", *found)
                    return
                time.sleep(_LOOK_SECONDS)  # whoever has the lock says in a moment where it listens
            is_shared.set()
            port = port or _kept(lock.fileno())[0]
            os.ftruncate(lock.fileno(), 0)  # nobody is to find the address of the one before
        listener = stack.enter_context(_bound(host, port))
        port = listener.getsockname()[1]
        if mode == PAGES:
            os.pwrite(lock.fileno(), f"{port} {host}".encode(), 0)
        stack.enter_context(environment(server_settings(home, port, pages=mode == PAGES, host=host, keep=keep)))
        _tell("serving", port, host)
        _serve(listener, host)


def _kept(descriptor: int) -> tuple[int, str]:
    """Port and address of the server that holds, or last held, the lock."""
    port, _, host = os.pread(descriptor, 32, 0).decode().partition(" ")
    return int(port or 0), host or LOOPBACK


def _listens(port: int, host: str) -> bool:
    """Whether anybody does; an address may be that of the server before, and a port of 0 is none yet."""
    with contextlib.suppress(OSError):
        socket.create_connection((reached_at(host), port), PATIENCE_SECONDS).close()
        return True
    return False


def _bound(host: str, port: int) -> socket.socket:
    """Listen there, or on any free port where that one is taken by another program.

    At once: two sockets can be bound to one port, and only one of them can listen.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        if port == 0:
            raise
        return _bound(host, 0)
    return listener


def _locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _tell(what: str, port: int, host: str) -> None:
    os.write(1, f"{what} {port} {host}\n".encode())
    os.dup2(2, 1)  # whatever is printed from here on belongs into the log


def _end(shared: Path | None) -> None:
    """Stop; a server that others use as well stops when the last of them ends."""
    if shared is not None:
        wait_until_unused(shared)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    os._exit(0)  # it hung, or was still starting


def _serve(listener: socket.socket, host: str) -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    application = Guard(create_app(), LOOPBACK_NAMES if is_loopback(host) else None)
    uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="on")).run([listener])


if __name__ == "__main__":
    main()
