"""What scripts and plug-ins may import, from the packages themselves."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

from flows.cli.reference_cell import cell

_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
PACKAGES = (
    "loop",
    "loop.assimilation",
    "loop.space",
    "loop.records",
    "loop.policy",
    "loop.history",
    "loop.magnetism",
    "loop.magnet",
    "loop.innovation",
    "loop.backtest",
    "loop.control",
    "loop.testing",
    "adapters.dft",
    "adapters.magnetometry",
    "adapters.tables",
    "adapters.worksheets",
)
"""The packages whose exported names are meant for others."""


def python_lines() -> Iterator[str]:
    """Write every exported name with the first sentence of its docstring, as Markdown."""
    yield from ("# Reference of the Python packages", "")
    yield "`help(name)` has the rest: shapes, units, what it raises, and the source. Arrays are of 64 bits."
    for package in PACKAGES:
        module = importlib.import_module(package)
        yield from ("", f"## {package}", "", _summary(module), "", "| name | what |", "|---|---|")
        for name in sorted(module.__all__):
            yield f"| `{name}` | {cell(_summary(getattr(module, name)))} |"


def _summary(thing: object) -> str:
    """The first paragraph of a docstring; a constant has that of its type, which says nothing of it."""
    if not isinstance(thing, type) and not callable(thing) and not hasattr(thing, "__path__"):
        return f"constant: {type(thing).__name__}"
    first = " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split())
    return _ROLE.sub(r"`\1`", first).replace("``", "`")
