"""What is sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Objective:
    """One target, to be made as large or as small as possible.

    Parameters
    ----------
    target
        Name of the target.
    goal
        ``"maximize"`` or ``"minimize"``.
    """

    target: str
    goal: Literal["maximize", "minimize"] = "maximize"

    @property
    def sign(self) -> float:
        """+1 to maximize, −1 to minimize: rules always maximize ``sign · value``."""
        return 1.0 if self.goal == "maximize" else -1.0
