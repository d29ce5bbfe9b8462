"""The command line: ``douka``."""

from importlib import import_module

from flows.cli.app import main

__all__ = ["main"]

_GROUPS = (
    "running", "serving", "seeing", "knowing", "people", "bringing", "keeping", "publishing", "magnets", "trying",
    "notifying", "beginning",
)  # fmt: skip
"""Modules whose import adds their commands, in the order in which help lists them."""

for group in _GROUPS:
    import_module(f"flows.cli.{group}")
