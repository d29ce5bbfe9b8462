"""The command line: ``douka``."""

from flows.cli import notifying, people, publishing, seeing, serving  # noqa: F401  # add their commands
from flows.cli.app import main

__all__ = ["main"]
