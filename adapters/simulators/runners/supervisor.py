"""Runs one command in one folder, outlives who started it, and writes down how it ended.

Started as a script, with nothing but the standard library: ``python supervisor.py ORDER LOCK``. ORDER is a JSON file in
the folder of the job. LOCK is the number of an open, locked file: as long as this process or one of its children lives,
the file stays locked, and so everybody can see that somebody is at work.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

GRACE_SECONDS = 5.0


def main(order_file: Path, lock: int) -> None:
    """Run the command to its end, or to its limit of time."""
    order = json.loads(order_file.read_text(encoding="utf-8"))
    folder = order_file.parent
    _write(folder / order["process"], {"group": os.getpgrp()})
    if os.fork():
        os._exit(0)  # the child belongs to nobody: who started it may go
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, order["memory"])):
        if limit is not None:
            resource.setrlimit(kind, (limit, limit))
    _write(folder / order["ended"], _outcome(order, folder, lock))
    # Whatever the command has left running goes with this process.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _outcome(order: dict[str, Any], folder: Path, lock: int) -> dict[str, int | str | None]:
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
                pass_fds=(lock,),
            )
    except OSError as error:
        return {"status": None, "reason": f"{order['arguments'][0]} could not be started: {error.strerror}"}
    try:
        return {"status": child.wait(order["seconds"]), "reason": ""}
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
    main(Path(sys.argv[1]), int(sys.argv[2]))
