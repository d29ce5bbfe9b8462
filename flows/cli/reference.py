"""``douka reference``: the keys of a campaign file, from the models that check it; commands; packages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flows.cli.output import console, print_json
from flows.cli.reference_cell import cell
from flows.cli.reference_commands import command_lines
from flows.cli.reference_python import python_lines
from flows.cli.subject import Subject
from loop.campaign import CampaignTable
from loop.errors import CampaignError

_DEFS = "$defs"


def reference_command(subject: Subject, *, as_json: bool) -> None:
    """Print a reference as Markdown, or the JSON schema of a campaign file."""
    if not as_json:
        console.print(reference_text(subject), soft_wrap=True, end="")
    elif subject is Subject.CAMPAIGN:
        print_json(CampaignTable.model_json_schema())
    else:
        raise CampaignError(f"--json: there is a JSON schema of the campaign file only, not of --of {subject}")


def reference_text(subject: Subject) -> str:
    """Write a reference as Markdown."""
    lines = {
        Subject.CAMPAIGN: lambda: reference_lines(CampaignTable.model_json_schema()),
        Subject.COMMANDS: command_lines,
        Subject.PYTHON: python_lines,
    }
    return "\n".join(lines[subject]()).rstrip() + "\n"


def reference_lines(schema: Mapping[str, Any]) -> Iterator[str]:
    """Write a schema as Markdown: one table of keys for each table of the file.

    Parameters
    ----------
    schema
        As pydantic makes it.
    """
    yield "# Reference of the campaign file"
    for table in (schema, *schema.get(_DEFS, {}).values()):
        if "properties" in table:
            yield from _table(table)


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## {table['title']}", "", str(table.get("description", "")), "")
    yield from ("| key | type | default | what |", "|---|---|---|---|")
    required = table.get("required", ())
    for key, entry in table["properties"].items():
        default = "required" if key in required else _default(entry)
        what = entry.get("description", "")
        yield "| " + " | ".join(cell(text) for text in (f"`{key}`", type_words(entry), default, what)) + " |"


def type_words(entry: Mapping[str, Any]) -> str:
    """Type of a key in words: ``number > 0``, ``list of text``, ``"maximize" or "minimize"``."""
    if "$ref" in entry:
        return str(entry["$ref"]).rpartition("/")[2]
    if "enum" in entry or "const" in entry:
        return " or ".join(json.dumps(value) for value in entry.get("enum", [entry.get("const")]))
    if "anyOf" in entry:
        return " or ".join(type_words(each) for each in entry["anyOf"] if each.get("type") != "null")
    match entry.get("type"):
        case "array" if "prefixItems" in entry:
            return "[" + ", ".join(type_words(each) for each in entry["prefixItems"]) + "]"
        case "array":
            return f"list of {type_words(entry.get('items', {}))}"
        case "object":
            return f"table of {type_words(_values(entry))}"
        case kind:
            words = {"string": "text", "boolean": "true or false", "integer": "whole number", None: "anything"}
            return words.get(kind, str(kind)) + _bounds(entry)


def _values(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    patterns = entry.get("patternProperties")
    found = next(iter(patterns.values())) if patterns else entry.get("additionalProperties", {})
    return found if isinstance(found, dict) else {}


def _bounds(entry: Mapping[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return "".join(f" {sign} {entry[name]:g}" for name, sign in signs.items() if name in entry)


def _default(entry: Mapping[str, Any]) -> str:
    value = entry.get("default")
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"
