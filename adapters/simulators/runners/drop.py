"""``kind = "drop"``: inputs are laid into a folder, and somebody or another system runs them."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat

from adapters.command import Command
from adapters.options import Options
from adapters.simulators.job import Job, Look, Stand
from loop.errors import NotSentError
from loop.history.durable import replace_file
from loop.protocols import SlotContext
from loop.records import content_key

_ORDER, _DONE, _FAILED, _CANCELLED = "runner.json", "done", "failed", "cancelled"


class Drop(Options):
    """A folder of jobs; outputs are looked for beside the inputs.

    Output that reads as a finished calculation is taken as soon as it is quiet. A file ``done`` says that nothing more
    will come, a file ``failed`` (with the reason in it, if you like) that nothing will.

    Parameters
    ----------
    folder
        Where jobs are laid, relative to the campaign's folder.
    quiet_seconds
        Outputs are left alone until nothing has changed for this long.
    """

    kind: Literal["drop"]
    folder: Annotated[str, Field(min_length=1)]
    quiet_seconds: NonNegativeFloat = 10.0

    def place(self, context: SlotContext) -> Path:
        """The folder, wherever it is."""
        return context.folder / self.folder

    def check(self, command: Command) -> None:
        """Whoever runs it has the program."""

    def start(self, job: Job) -> None:
        """Say what shall be run, and note which files are inputs."""
        command = job.command
        order = {
            "command": " ".join(command.arguments) + (f" < {command.stdin}" if command.stdin else "") + " > stdout.txt",
            "environment": dict(command.environment),
            "then": f"make a file '{_DONE}', or '{_FAILED}' with the reason in it",
            "inputs": sorted(entry.name for entry in job.folder.iterdir()),
        }
        try:
            content = json.dumps(order, indent=2, ensure_ascii=False) + "\n"
            replace_file(job.folder / _ORDER, content.encode(), durable=True)
        except OSError as error:
            raise NotSentError(f"{job.folder / _ORDER} cannot be written now ({error})") from error

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """Look for new files that are quiet; what cannot be read of one job concerns that job."""
        return {job.name: self._readable(job) for job in jobs}

    def news(self, job: Job) -> str:
        """Whether it is reported as done or failed, or has quiet outputs, by their state."""
        look = self._readable(job)
        if look.stand is not Stand.OFFERED:
            return "" if look.stand is Stand.WAITING else look.stand.value
        return content_key(*(part for file in sorted(_outputs(job.folder)) for part in (str(file), *_stamp(file))))

    def cancel(self, job: Job) -> None:
        """Say in the folder that it is no longer wanted."""
        if job.folder.is_dir():
            (job.folder / _CANCELLED).touch()

    def _readable(self, job: Job) -> Look:
        try:
            return self._look(job)
        except OSError as error:
            return Look(Stand.WAITING, f"waiting: {error}")
        except (ValueError, KeyError, TypeError) as error:
            return Look(Stand.LOST, f"{job.folder / _ORDER} is damaged ({error})")

    def _look(self, job: Job) -> Look:
        waiting = Look(Stand.WAITING, f"waiting for outputs in {job.folder}")
        if not os.access(job.folder.parent, os.R_OK | os.X_OK):
            return Look(Stand.WAITING, f"waiting: the folder {job.folder.parent} cannot be read")
        if not (job.folder / _ORDER).is_file():
            return Look(Stand.LOST, f"{job.folder} is gone")
        if (job.folder / _FAILED).is_file():
            reason = (job.folder / _FAILED).read_text(encoding="utf-8", errors="replace").strip()
            return Look(Stand.ENDED, reason or "reported as failed, without a reason", failed=True)
        if (job.folder / _DONE).is_file():
            return Look(Stand.ENDED, "reported as done")
        newest = max((path.lstat().st_mtime for path in _outputs(job.folder)), default=math.inf)
        return waiting if time.time() - newest < self.quiet_seconds else Look(Stand.OFFERED, waiting.words)


def _stamp(file: Path) -> tuple[int, int]:
    status = file.lstat()  # a link may lead to a node's own disk
    return status.st_size, status.st_mtime_ns


def _outputs(folder: Path) -> list[Path]:
    inputs = {_ORDER, *json.loads((folder / _ORDER).read_text(encoding="utf-8"))["inputs"]}
    return [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] not in inputs]
