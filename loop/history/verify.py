"""What of a history is still as it was sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The state of every file of a history.

    Parameters
    ----------
    whole
        Cycles that are as they were sealed.
    damaged
        What is wrong with a cycle, by its number.
    missing
        Cycles that were sealed and whose file is gone.
    headers
        What is wrong with a header file, by path; its twin may still be whole.
    """

    whole: tuple[int, ...] = ()
    damaged: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    headers: Mapping[Path, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged or missing."""
        return not (self.damaged or self.missing or self.headers)

    def __str__(self) -> str:
        lines = [f"{len(self.whole)} cycles are as they were sealed"]
        lines += [f"cycle {number} is damaged: {text}" for number, text in self.damaged.items()]
        lines += [f"cycle {number} is missing" for number in self.missing]
        lines += [f"header: {text}" for text in self.headers.values()]
        return "\n".join(lines)
