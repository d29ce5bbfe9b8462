"""Nothing that comes from a disk or a network is executed: no pickle, no eval, no YAML with objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {"cloudpickle", "dill", "jsonpickle", "marshal", "pickle", "shelve", "yaml"}
CALLS = {"eval", "exec", "read_pickle", "to_pickle", "unsafe_load", "full_load"}


def offences(text: str) -> Iterator[str]:
    """What of a program could execute what it reads."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
                yield module
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)) if name in CALLS:
                yield name
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                yield "allow_pickle"
            case ast.keyword(arg="result_serializer" | "serializer", value=ast.Constant(value=str(value))):
                if "json" not in value:
                    yield value


@pytest.mark.parametrize("package", ["loop", "adapters", "flows"])
def test_no_module_executes_what_it_reads(package: str) -> None:
    found = {
        f"{file.relative_to(ROOT)}: {what}"
        for file in sorted((ROOT / package).rglob("*.py"))
        for what in offences(file.read_text(encoding="utf-8"))
    }
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "import yaml.loader",
        "from pickle import loads",
        "eval('1')",
        "pandas.read_pickle('a')",
        "numpy.load('a', allow_pickle=True)",
        "flow(result_serializer='pickle')",
    ],
)
def test_it_would_be_seen(text: str) -> None:
    assert list(offences(text))
