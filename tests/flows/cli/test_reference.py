"""`douka reference`: what is printed is what is checked."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli.reference import reference_text, type_words
from flows.cli.subject import Subject
from loop.campaign import CampaignTable, TargetTable
from loop.slot_table import SlotTable
from loop.stop_table import StopTable

ROOT = Path(__file__).parents[3]
PAGES = {
    Subject.CAMPAIGN: "workspace/reference.md",
    Subject.COMMANDS: "flows/cli/reference.md",
    Subject.PYTHON: "loop/reference.md",
}


@pytest.mark.parametrize("subject", Subject)
def test_the_kept_page_is_what_would_be_printed(subject: Subject) -> None:
    page = ROOT / PAGES[subject]
    assert page.read_text(encoding="utf-8") == reference_text(subject), f"douka reference --of {subject} > {page}"


def test_a_schema_is_of_the_campaign_file_only(douka: Callable) -> None:
    ended = douka("reference", "--of", "python", "--json")
    assert (ended.code, "--of python" in ended.err) == (2, True)


def test_every_key_is_there(douka: Callable) -> None:
    ended = douka("reference")
    assert ended.code == 0, ended
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", ended.out, re.DOTALL | re.MULTILINE))
    for table in (CampaignTable, SlotTable, TargetTable, StopTable):
        lines = [line for line in parts[table.__name__].splitlines() if line.startswith("| `")]
        assert [line.split("`")[1] for line in lines] == list(table.model_fields)
        assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in lines)


def test_the_schema_as_json(douka: Callable) -> None:
    schema = json.loads(douka("reference", "--json").out)
    assert set(schema["required"]) == {
        name for name, field in CampaignTable.model_fields.items() if field.is_required()
    }


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"type": "number", "exclusiveMinimum": 0}, "number > 0"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"enum": ["hit", "minimize"]}, '"hit" or "minimize"'),
        ({"anyOf": [{"type": "integer", "minimum": 2}, {"type": "null"}]}, "whole number ≥ 2"),
        ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]}, "[number, number]"),
        ({"type": "object", "additionalProperties": {"$ref": "#/$defs/TargetTable"}}, "table of TargetTable"),
        ({}, "anything"),
    ],
)
def test_types_in_words(entry: dict[str, object], words: str) -> None:
    assert type_words(entry) == words
