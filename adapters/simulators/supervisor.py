"""Runs one command in one folder and writes down how it ended.

Started as a script, with nothing but the standard library. ``python supervisor.py ORDER LOCK`` outlives who started it;
LOCK is the number of an open, locked file: as long as this process or one of its children lives, the file stays locked,
and so everybody can see that somebody is at work. ``python supervisor.py ORDER`` ends, and with it the command, when
its standard input closes: with who started it, however that ends. ORDER is a JSON file in the folder of the job.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GRACE_SECONDS = 5.0
LOOK_SECONDS = 0.1
BEAT_SECONDS = 5.0


def main(order_file: Path, lock: int) -> None:
    """Run the command to its end, or to its limit of time."""
    order = json.loads(order_file.read_text(encoding="utf-8"))
    folder = order_file.parent
    _write(folder / order["process"], {"group": os.getpgrp()})
    if os.fork():
        os._exit(0)  # the child belongs to nobody: who started it may go
    _limit(order)
    _write(folder / order["ended"], _outcome(order, folder, lock, lambda child: child.wait(order["seconds"])))
    # Whatever the command has left running goes with this process.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def attended(order_file: Path) -> None:
    """Run the command to its end, its limit, the end of standard input, or until a file says that it is unwanted.

    Only the first two are written down as an end.
    """
    order = json.loads(order_file.read_text(encoding="utf-8"))
    folder, left = order_file.parent, threading.Event()
    threading.Thread(target=_leave_with_input, args=(left,), daemon=True).start()
    _limit(order)
    deadline = time.monotonic() + order["seconds"]

    def watch(child: subprocess.Popen[bytes]) -> int:
        beat = 0.0
        while True:
            try:
                return child.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if left.is_set() or (folder / order["cancelled"]).exists():
                    os.killpg(os.getpgrp(), signal.SIGKILL)
                if time.monotonic() > deadline:
                    raise
                if time.monotonic() > beat:
                    beat = time.monotonic() + BEAT_SECONDS
                    os.utime(folder / order["begun"])

    outcome = _outcome(order, folder, None, watch)
    _write(folder / order["ended"], outcome | {"worker": order["worker"]})
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _leave_with_input(left: threading.Event) -> None:
    while os.read(0, 1):
        pass
    left.set()


def _limit(order: dict[str, Any]) -> None:
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, order["memory"])):
        if limit is not None:
            resource.setrlimit(kind, (limit, limit))


def _outcome(
    order: dict[str, Any], folder: Path, lock: int | None, wait: Callable[[subprocess.Popen[bytes]], int]
) -> dict[str, int | str | None]:
    try:
        with (
            (folder / (order["stdin"] or os.devnull)).open("rb") as stdin,
            (folder / "stdout.txt").open("wb") as stdout,
            (folder / "stderr.txt").open("wb") as stderr,
        ):
            child = subprocess.Popen(
                order["arguments"],
                cwd=folder,
                env={**os.environ, **order["environment"]},
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=() if lock is None else (lock,),
            )
    except OSError as error:
        return {"status": None, "reason": f"{order['arguments'][0]} could not be started: {error.strerror}"}
    try:
        return {"status": wait(child), "reason": ""}
    except subprocess.TimeoutExpired:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
    return {"status": None, "reason": f"stopped at its limit of {order['seconds']:g} s"}


def _write(file: Path, content: dict[str, Any]) -> None:
    temporary = file.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.rename(file)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        attended(Path(sys.argv[1]))
