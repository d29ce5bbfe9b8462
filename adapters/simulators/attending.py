"""What a worker on another machine does with a job: runs its command in the folder that both see.

Nothing comes back but files: no result of a worker is ever unpickled here. A folder is used once. A scheduler that
hands the same job out again, because a worker died or fell silent, finds it begun and lets it be; whoever asked begins
anew in a fresh folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from adapters.simulators import supervisor
from adapters.simulators.ending import ENDED
from adapters.simulators.job import Job
from loop.errors import AdapterError, NotSentError

ORDER, BEGUN, CANCELLED = "runner.json", "runner.begun.json", "runner.cancelled"


def order(job: Job, seconds: float, memory_gib: float | None) -> None:
    """Write down for a worker what to do.

    Parameters
    ----------
    job
        What to run, and where.
    seconds, memory_gib
        Its limits; None for no limit of memory.

    Raises
    ------
    NotSentError
        Where it cannot be written.
    """
    content = {
        "arguments": job.command.arguments,
        "stdin": job.command.stdin,
        "environment": dict(job.command.environment),
        "is_call": bool(job.command.call),
        "seconds": seconds,
        "memory": None if memory_gib is None else int(memory_gib * 2**30),
    }
    try:
        (job.folder / ORDER).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise NotSentError(f"{job.folder / ORDER} cannot be written now ({error.strerror})") from error


def attend(folder: str, worker: str) -> bool:
    """Do the job of a folder, on a worker; its command ends with the worker, however that ends.

    Parameters
    ----------
    folder
        Of the job.
    worker
        What this worker is called.

    Returns
    -------
    bool
        Whether it is done; not where nobody wants it any more.

    Raises
    ------
    AdapterError
        Where the folder is not seen here, somebody has begun the job already, or it ended without a word.
    """
    place = Path(folder)
    if (place / ENDED).exists() or (place / CANCELLED).exists():
        return (place / ENDED).exists()
    try:
        told = json.loads((place / ORDER).read_text(encoding="utf-8"))
        told |= {"worker": worker, "begun": BEGUN, "ended": ENDED, "cancelled": CANCELLED}
        if told["is_call"]:
            told["arguments"][0] = sys.executable
        with (place / BEGUN).open("x", encoding="utf-8") as begun:
            json.dump(told, begun, indent=2)
    except FileExistsError:
        raise AdapterError(f"{folder} was begun before, by somebody who is gone") from None
    except OSError as error:
        raise AdapterError(f"{worker} does not see {folder} ({error.strerror}): workers share the folder") from None
    # Leaving the block closes its standard input, and it ends.
    with subprocess.Popen(
        [sys.executable, "-I", supervisor.__file__, str(place / BEGUN)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as child:  # fmt: skip
        child.wait()
    if not (place / ENDED).exists() and not (place / CANCELLED).exists():
        raise AdapterError(f"{folder} ended without a word, on {worker}")
    return (place / ENDED).exists()


def attend_on_dask(folder: str) -> None:
    """Do a job as a task of Dask.

    Here and not beside the runner: scheduler and workers import what they are given to do, and this module is light.
    """
    from distributed import get_worker

    worker = get_worker()
    attend(folder, f"Dask worker {worker.name} at {worker.address}")


def worker_of(folder: Path) -> str:
    """Who began the job of a folder; empty where nobody has."""
    try:
        return str(json.loads((folder / BEGUN).read_text(encoding="utf-8"))["worker"])
    except (OSError, ValueError):  # it is being written
        return ""


def withdraw(folder: Path) -> None:
    """Say in the folder of a job that it is unwanted; whoever is at work on it ends it."""
    if folder.is_dir():
        (folder / CANCELLED).touch()
