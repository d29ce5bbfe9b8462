"""What ``douka reference`` can print."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """The campaign file, the commands, the Python packages."""

    CAMPAIGN = "campaign"
    COMMANDS = "commands"
    PYTHON = "python"
