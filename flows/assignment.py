"""What a runner is to serve, as ``douka serve`` tells it to its child."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from flows.schedule import Schedule


@dataclass(frozen=True)
class Assignment:
    """A campaign to serve on a schedule.

    Parameters
    ----------
    campaign
        Its folder.
    history
        Folder of its history.
    every
        When scheduled cycles come.
    """

    campaign: Path
    history: Path
    every: Schedule

    def dumped(self) -> bytes:
        """Write it as a line of JSON."""
        return TypeAdapter(Assignment).dump_json(self) + b"\n"

    @classmethod
    def parsed(cls, line: bytes) -> Assignment:
        """Read a line of JSON."""
        return TypeAdapter(Assignment).validate_json(line)
