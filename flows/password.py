"""The password of a Prefect server that other machines can reach: made once, kept where only its owner can read it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from flows.errors import SchedulerError

FILE = "password"
USER = "douka"
_BYTES = 24
_OTHERS = 0o077


def password(home: Path) -> str:
    """Read the credentials of the server of a folder; they are drawn the first time.

    They reach processes through this file and their environment, never through a command line, which every user of the
    machine can read.

    Parameters
    ----------
    home
        Folder of Prefect's state.

    Returns
    -------
    str
        ``user:password``; Prefect's pages ask for all of it, in one field.

    Raises
    ------
    SchedulerError
        Where others can read the file, or it holds no credentials.
    """
    path = home / FILE
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{USER}:{secrets.token_urlsafe(_BYTES)}\n")
    if path.stat().st_mode & _OTHERS:
        raise SchedulerError(f"{path}: others can read this password. Delete the file; the next start draws a new one")
    user, _, word = path.read_text(encoding="ascii", errors="replace").strip().partition(":")
    if not (user and word):
        raise SchedulerError(f"{path}: expected 'user:password'. Delete the file; the next start draws a new one")
    return f"{user}:{word}"
