"""A command line, as a code knows it and a runner runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Command:
    """How a program is called in a folder that holds its inputs.

    Parameters
    ----------
    arguments
        The program and its arguments.
    install
        How to get the program where it is missing: one sentence for a person.
    stdin
        File in the folder that is its standard input; none if empty.
    environment
        Variables set on top of those of the session.
    call
        ``module:function`` or ``file.py:function`` where the program does nothing but call that; empty otherwise. It
        may then be called without starting the program, and another machine uses its own Python.
    """

    arguments: tuple[str, ...]
    install: str
    stdin: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    call: str = ""
