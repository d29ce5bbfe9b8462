"""Where the live pages of a history are: each notes its address beside the history while it runs."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loop.history import History

FOLDER = "pages"
_LOOK_SECONDS = 1.0


@contextmanager
def announced(history: Path, url: str) -> Iterator[None]:
    """Let others know of a page while the context lasts.

    A note is held by a lock of the operating system: of a page that was killed the note stays, and counts for nothing.
    Where there is no history yet, it is waited for; where it cannot be written, nobody is told.

    Parameters
    ----------
    history
        Folder of the history.
    url
        Of the page.
    """
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(history, url, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def pages_at(history: Path) -> list[str]:
    """List the addresses of the live pages that show a history now.

    Parameters
    ----------
    history
        Folder of the history.

    Returns
    -------
    list of str
        An address can be opened on this machine; those of pages on another one, which shares the folder, are left out.
    """
    found = []
    for note in sorted((history / FOLDER).glob("[!.]*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError), note.open() as stream:
            told = json.load(stream)
            if told["machine"] == socket.gethostname() and not _is_free(stream.fileno()):
                found.append(str(told["url"]))
    return found


def _tell(history: Path, url: str, done: threading.Event) -> None:
    while not History.exists(history):
        if done.wait(_LOOK_SECONDS):
            return
    with suppress(OSError):
        folder = history / FOLDER
        folder.mkdir(exist_ok=True)
        _tidy(folder)
        _hold(folder, url, done)


def _hold(folder: Path, url: str, done: threading.Event) -> None:
    name = f"{socket.gethostname()}-{os.getpid()}.json"
    note, temporary = folder / name, folder / f".{name}"
    with temporary.open("w", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        json.dump({"url": url, "machine": socket.gethostname()}, stream)
        stream.flush()
        temporary.rename(note)  # held before it can be seen
        done.wait()
        note.unlink()


def _tidy(folder: Path) -> None:
    """Remove what pages left behind that were killed."""
    for note in folder.glob("[!.]*.json"):
        with suppress(OSError), note.open() as stream:
            if _is_free(stream.fileno()):
                note.unlink()


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
