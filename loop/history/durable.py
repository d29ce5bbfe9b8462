"""Files that are there whole or not at all, whenever the power fails."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

from loop.errors import HistoryError
from loop.history.layout import CYCLES, HEADERS, TEMPORARY


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file: temporary, fsync, rename, fsync of the folder.

    Parameters
    ----------
    path
        Must not exist yet; parent folders are made, each as durable as the file.
    content
        All of it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    if path.exists():
        raise HistoryError(f"{path}: exists already, and a sealed file is never overwritten")
    try:
        make_folder(path.parent)
        _write(temporary, content)
        temporary.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise HistoryError(f"{path}: could not be sealed: {explanation(error)}") from error


def replace_file(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file in the place of what it was: whole or not at all.

    Parameters
    ----------
    path
        May exist.
    content
        All of it.
    durable
        Wait for the disk; not needed for what can be made anew at any time.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        if durable:
            _write(temporary, content)
        else:
            temporary.write_bytes(content)
        temporary.replace(path)
        if durable:
            sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise HistoryError(f"{path}: could not be written: {explanation(error)}") from error


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """Bring a file to the disk itself.

    Parameters
    ----------
    descriptor
        An open file.
    """
    if sys.platform == "darwin":  # there fsync leaves the data in the drive's cache
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Parameters
    ----------
    folder
        In which something was made or renamed.
    """
    if os.name == "nt":  # Windows opens no folders and journals names itself
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents so that they outlast a power failure.

    Parameters
    ----------
    folder
        May exist.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def remove_orphans(folder: Path) -> list[Path]:
    """Remove temporaries that a killed writer left; only the holder of the writer lock may.

    Parameters
    ----------
    folder
        Of the history.

    Returns
    -------
    list of pathlib.Path
        What was removed.
    """
    patterns = (
        f"{CYCLES}/*/.*{TEMPORARY}",
        f"{HEADERS}/.*{TEMPORARY}",
        f"{HEADERS}/*/.*{TEMPORARY}",
        f".*{TEMPORARY}",
    )
    orphans = [path for pattern in patterns for path in folder.glob(pattern)]
    for path in orphans:
        path.unlink(missing_ok=True)
    return orphans


def explanation(error: OSError) -> str:
    """Say what went wrong with the disk, and what to do."""
    remedies = {
        errno.ENOSPC: "the disk is full. Make room",
        errno.EDQUOT: "the disk quota is used up. Make room",
        errno.EROFS: "the disk is mounted read-only. Move the history to one that can be written",
        errno.EACCES: "the folder is not writable for this user. Change its permissions",
        errno.EPERM: "the folder is not writable for this user. Change its permissions",
        errno.EIO: "the disk reports an error. Copy the history to another disk",
    }
    remedy = remedies.get(error.errno or 0, "Repair that")
    return f"{error.strerror or error}: {remedy} and run again; nothing sealed before is affected"
