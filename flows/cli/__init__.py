"""The command line: ``douka``."""

from flows.cli import publishing  # noqa: F401  # adds its commands
from flows.cli.app import main

__all__ = ["main"]
