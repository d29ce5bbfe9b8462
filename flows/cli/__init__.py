"""The command line: ``douka``."""

from flows.cli.app import main

__all__ = ["main"]
