"""Tables on the console.

What a person, a file or a library wrote is shown as it is: ``[/var/log]`` is no markup, ``:warning:`` no picture. What
is styled is styled by ``style=``, or by a ``Text``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
aside = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)
"""Where progress goes while a script reads JSON from the other one."""


def print_pairs(title: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Print names and values, one pair a line."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, value)
    console.print(table)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table with a header; nothing where there are no rows."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        console.print(table)


def print_json(value: Any) -> None:
    """Print JSON; NaN becomes null."""
    console.print_json(json.dumps(_finite(value), ensure_ascii=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value != value else value
