"""Tables of past experiments and calculations: what ``douka import`` makes a history of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from adapters.tables.cells import read_cells
from adapters.tables.mapping import NUMBERS, ORDERS, Mapping, TableMapping
from adapters.tables.row import TableRow, parse_row
from loop.campaign import Campaign
from loop.errors import DataError
from loop.importing import IMPORTER
from loop.records import Provenance, Result, content_key

_SHOWN = 20
When = tuple[int, float | datetime]


@dataclass(frozen=True)
class Past:
    """One row, with the place it has among all.

    Parameters
    ----------
    when
        Sorts the rows; rows of equal ``when`` came together.
    place
        File and line, for messages.
    row, result
        As read, and as handed to the loop.
    """

    when: When
    place: str
    row: TableRow
    result: Result


def past_results(mapping: Mapping, folder: Path, campaign: Campaign) -> list[list[Result]]:
    """Read all tables of a mapping, in the order in which the values are to be learned.

    Tables without ``order`` or ``date`` come first, in the order of the mapping; then all rows that say when, earliest
    first. With ``batch`` so many rows make one cycle; without, a table that does not say when makes one, and rows of
    the same order or date make one.

    Parameters
    ----------
    mapping
        Which tables, and what their columns mean.
    folder
        Files are relative to it.
    campaign
        Gives space, targets and units.

    Returns
    -------
    list of list of Result
        One list a cycle.

    Raises
    ------
    DataError
        Naming every file and line that cannot be used.
    """
    _require_comparable(mapping)
    problems: list[str] = []
    found: list[Past] = []
    for index, table in enumerate(mapping.tables):
        try:
            found += _rows(table, index, folder, campaign, problems)
        except DataError as error:
            problems.append(str(error))
    problems += _duplicates(found)
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DataError("\n".join(problems[:_SHOWN]) + more + "\nNothing was imported.")
    found.sort(key=lambda past: past.when)
    if mapping.batch is not None:
        return [[past.result for past in found[at : at + mapping.batch]] for at in range(0, len(found), mapping.batch)]
    return [[past.result for past in some] for _, some in groupby(found, key=lambda past: past.when)]


def _rows(table: TableMapping, index: int, folder: Path, campaign: Campaign, problems: list[str]) -> list[Past]:
    file = folder / table.file
    target = campaign.table.targets.get(table.target)
    if target is None:
        raise DataError(
            f"{file}: target = {table.target!r}: no target of {campaign.name}; there are {', '.join(campaign.targets)}"
        )
    table.require_known(campaign.space)
    cells = read_cells(file, delimiter=table.delimiter, sheet=table.sheet)
    missing = [name for name in table.columns.values() if name not in cells.header]
    if missing:
        raise DataError(f"{file}: line 1: the column {missing[0]!r} is missing; found {', '.join(cells.header)}")
    problems += [f"{file}: {problem}" for problem in cells.problems]
    found: list[Past] = []
    for line, texts in cells.rows:
        try:
            fields = _fields(table, texts, [each.name for each in campaign.space.variables if not each.values])
            when = _when(table, texts, index)
            row = parse_row(fields, line, campaign.space, target.unit)
        except DataError as error:
            problems.append(f"{file}: line {line}: {_in_their_words(str(error), table)}")
        else:
            result = _result(table, row, campaign, cells.sha256)
            found.append(Past(when, f"{file}: line {line}", row, result))
    return found


def _fields(table: TableMapping, texts: dict[str, str], measures: Sequence[str]) -> dict[str, str]:
    """Fields as :func:`parse_row` knows them; the date goes into the note, since two days are two facts.

    ``measures`` are the design variables that are numbers.
    """
    fields = {field: texts[column] for field, column in table.columns.items() if field not in ORDERS}
    fields |= table.constants | ({"unit": table.unit} if table.unit else {})
    if table.decimal == ",":
        numbers = (*NUMBERS, *measures)
        fields |= {name: _with_point(fields[name]) for name in numbers if name in fields}
    if "date" in table.columns:
        fields["note"] = "; ".join(part for part in (texts[table.columns["date"]], fields.get("note", "")) if part)
    return fields


def _with_point(text: str) -> str:
    if "." in text:
        raise DataError(f"found {text!r}, expected a number with a decimal comma, as the mapping says")
    return text.replace(",", ".")


def _when(table: TableMapping, texts: dict[str, str], index: int) -> When:
    """Tables that do not say when keep their own place, before everything that does."""
    late = 10**6
    if "order" in table.columns:
        text = texts[table.columns["order"]]
        try:
            number = float(_with_point(text) if table.decimal == "," else text)
        except ValueError:
            number = float("nan")
        if number != number:
            raise DataError(f"column 'order': found {text!r}, expected a number")
        return late, number
    if "date" in table.columns:
        return late, _date(texts[table.columns["date"]])
    return index, 0.0


def _date(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"column 'date': found {text!r}, expected a date such as 2019-04-02") from None
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


def _in_their_words(problem: str, table: TableMapping) -> str:
    for field, column in table.columns.items():
        if field != column:
            problem = problem.replace(f"column {field!r}", f"column {column!r} ({field})")
    return problem


def _result(table: TableMapping, row: TableRow, campaign: Campaign, sha256: str) -> Result:
    converted = f"published as {row.published_value:g} {row.published_unit}" if row.published_unit != row.unit else ""
    place = f"line {row.line}" + (f", {row.id}" if row.id else "")
    return Result(
        request_id=None,
        target=table.target,
        x=row.x,
        value=row.value,
        unit=row.unit,
        uncertainty=row.uncertainty,
        temperature=row.temperature,
        label=campaign.space.label(row.x),
        provenance=Provenance(
            key=content_key(table.target, row.key),
            adapter=IMPORTER,
            file=table.file,
            file_sha256=sha256,
            locator=f"sheet {table.sheet}, {place}" if table.sheet else place,
            laboratory=row.laboratory,
            person=row.person,
            sample=row.sample,
            citation=row.citation,
            note="; ".join(part for part in (converted, row.note) if part),
        ),
    )


def _require_comparable(mapping: Mapping) -> None:
    kinds = {kind for table in mapping.tables for kind in ORDERS if kind in table.columns}
    if len(kinds) > 1:
        raise DataError("one table has a column for 'order' and another for 'date': expected the same kind in all")


def _duplicates(found: Sequence[Past]) -> Iterator[str]:
    """Rows with all the same content, and rows of one file with the same id, are one fact typed twice."""
    ids: dict[tuple[str, str], str] = {}
    facts: dict[tuple[object, ...], str] = {}
    for past in found:
        row = past.row
        fact = (past.result.target, row.x, row.published_value, row.published_unit, *row.origin)
        name = (past.result.provenance.file, row.id)
        if row.id and name in ids:
            yield f"{past.place}: the id {row.id!r} stands in {ids[name]} already"
        elif fact in facts:
            yield f"{past.place}: the same row as {facts[fact]}"
        ids.setdefault(name, past.place)
        facts.setdefault(fact, past.place)
