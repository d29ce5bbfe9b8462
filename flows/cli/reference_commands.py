"""The commands with their options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from flows.cli.reference_cell import cell


def command_lines() -> Iterator[str]:
    """Write every command as Markdown: what it does, its arguments and options."""
    from flows.cli.app import app

    root = get_command(app)
    yield from ("# Reference of the command line", "", str(getattr(root, "epilog", "") or ""), "")
    yield from _commands(root, "douka")


def _commands(command: Any, words: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield from _command(command, words)
    else:
        for name in sorted(inner):
            yield from _commands(inner[name], f"{words} {name}")


def _command(command: Any, words: str) -> Iterator[str]:
    yield from (f"## {words}", "", " ".join((command.help or "").split()), "")
    rows = [row for parameter in command.params if (row := _row(parameter)) is not None]
    if rows:
        yield from ("| argument or option | what |", "|---|---|", *rows, "")


def _row(parameter: Any) -> str | None:
    text = getattr(parameter, "help", None)
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return None
    is_option = parameter.param_type_name == "option"
    name = ", ".join((*parameter.opts, *parameter.secondary_opts)) if is_option else str(parameter.name).upper()
    return f"| `{name}` | {cell(' '.join(str(text or '').split()))} |"
