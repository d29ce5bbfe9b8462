"""What an engine hands to a runner, and what a runner says of it. Neither names a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adapters.command import Command

if TYPE_CHECKING:  # workers know jobs too, and start sooner without the loop
    from loop.protocols import SlotContext


@dataclass(frozen=True)
class Job:
    """A folder with inputs, and the command to run in it.

    Parameters
    ----------
    name
        Of this attempt; no other job of the runner has it.
    folder
        Absolute. The runner adds the output of the command: ``stdout.txt``, ``stderr.txt``.
    command
        What to run there.
    """

    name: str
    folder: Path
    command: Command


class Stand(Enum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    OFFERED = "offered"
    ENDED = "ended"
    LOST = "lost"


@dataclass(frozen=True)
class Look:
    """What a runner knows of a job.

    Parameters
    ----------
    stand
        ``OFFERED``: there is output, perhaps not all of it; a refusal of it is not final. ``ENDED``: nothing more will
        come. ``LOST``: nobody is at work on it and it has not ended; it may be done again.
    words
        For a person: where it is, or why it failed.
    failed
        Whether the runner saw it fail; its output is not read then.
    worker
        Who did it, of a runner that has several.
    unsure
        Of one that is lost: nobody can say that it was not handed over, so it is cancelled before it is done again.
    """

    stand: Stand
    words: str
    failed: bool = False
    worker: str = ""
    unsure: bool = False


class Runner(Protocol):
    """Gets commands run, wherever that is.

    All of it may be called again after a crash: what a runner has to remember, it writes into the job's folder before
    it acts.
    """

    def place(self, context: SlotContext) -> Path:
        """Folder below which the jobs' folders shall be made; it need not exist."""

    def check(self, command: Command) -> None:
        """Refuse what cannot run here, before anything is asked.

        Raises
        ------
        AdapterError
            Saying what is missing and how to get it.
        """

    def start(self, job: Job) -> None:
        """Have a job run; the folder is new and holds its inputs.

        Raises
        ------
        NotSentError
            Where it certainly was not handed over and may be later; the folder is thrown away.
        TransientError
            Where nobody knows whether it was; it is looked at as if it were.
        """

    def look(self, jobs: Sequence[Job]) -> Mapping[str, Look]:
        """Tell how started jobs stand, by name; ``WAITING`` where that cannot be told now."""

    def news(self, job: Job) -> str:
        """Tell cheaply, from the job's folder alone, whether a look may find it ended or with new output.

        Returns
        -------
        str
            A word that is another one once there is more; empty while there is nothing.
        """

    def cancel(self, job: Job) -> None:
        """End a job; one that has ended or is not known is left alone."""
