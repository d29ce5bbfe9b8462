"""What runners with workers elsewhere have in common: a folder that all of them see, and limits of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveFloat

from adapters.options import Options
from adapters.simulators.ending import ENDED
from adapters.simulators.job import Job
from loop.protocols import SlotContext

PATIENCE = 60.0
"""Seconds that a file written elsewhere may take to be seen here."""


class Shared(Options):
    """Options of a runner whose workers are elsewhere.

    Parameters
    ----------
    folder
        Where jobs' folders are made, relative to the campaign's; beside the history if absent. All workers must see it
        under the same path.
    time_limit_seconds
        Of a job; then its processes are ended and it has failed.
    memory_limit_gib
        Address space of each process of a job; none if absent.
    """

    folder: Annotated[str, Field(min_length=1)] | None = None
    time_limit_seconds: PositiveFloat = 86400.0
    memory_limit_gib: PositiveFloat | None = None

    def place(self, context: SlotContext) -> Path:
        """The folder of the options, or one beside the history."""
        return context.state / "jobs" if self.folder is None else context.folder / self.folder

    def news(self, job: Job) -> str:
        """Whether it wrote down how it ended; what is lost is seen by scheduled cycles."""
        return "ended" if (job.folder / ENDED).is_file() else ""
