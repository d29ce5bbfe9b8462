"""``pool``: answers from a table that exists already. For retrospective campaigns, backtests and first trials.

The loop does not see the table: it asks for one point at a time, as it would ask a cluster or a laboratory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from adapters.options import Options, parse_options
from adapters.tables import TableRow, read_table
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key


class PoolOptions(Options):
    """Options of a pool slot.

    Parameters
    ----------
    table
        The CSV file, relative to the campaign's folder (columns: see :func:`adapters.tables.read_table`).
    """

    table: Annotated[str, Field(min_length=1)]


class Pool:
    """A table that answers requests.

    A point with several rows (laboratories) answers with one of them, drawn by the campaign's seed and the
    request's id:
    one request is one value, as in a laboratory, and the same request always gets the same answer. A request that
    repeats an earlier one gets another of them. Nothing is done to the world, so a request may be submitted again after
    a crash.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable.
    DataError
        Where the table is.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._context = context
        self._options = parse_options(PoolOptions, context)
        self._file: Path = context.folder / self._options.table
        rows, self._sha256 = read_table(self._file, context.space, context.unit)
        self._rows: dict[tuple[float, ...], list[TableRow]] = {}
        for row in rows:
            self._rows.setdefault(row.x, []).append(row)
        self._submitted: dict[str, Request] = {}

    def candidates(self) -> Sequence[Sequence[float]]:
        """Points the table has, in the order of the file."""
        return list(self._rows)

    def answers(self) -> Mapping[tuple[float, ...], int]:
        """How many values each point has."""
        return {x: len(rows) for x, rows in self._rows.items()}

    def submit(self, request: Request) -> None:
        """Take note of a request."""
        self._submitted[request.id] = request

    def poll(self) -> Mapping[str, str]:
        """A table answers at once."""
        return dict.fromkeys(self._submitted, "done")

    def collect(self) -> Iterable[Result | Failure]:
        """Answer everything submitted, again and again."""
        return [self._answer(request) for request in self._submitted.values()]

    def settle(self, request_ids: Iterable[str]) -> None:
        """Forget requests whose answers are sealed."""
        for name in request_ids:
            self._submitted.pop(name, None)

    def cancel(self, request_id: str) -> None:
        """Forget a request."""
        self._submitted.pop(request_id, None)

    def truth(self) -> Mapping[tuple[float, ...], float]:
        """What each point is worth, in the unit of the slot: the median over laboratories of their own medians.

        For backtests and reports only; the loop never sees it.
        """
        return {x: _median_over_laboratories(rows) for x, rows in self._rows.items()}

    def _answer(self, request: Request) -> Result | Failure:
        rows = self._rows.get(request.x, [])
        if request.turn >= len(rows):
            return self._unknown_point(request)
        row = rows[self._row(request, len(rows))]
        return Result(
            request_id=request.id,
            target=self._context.target,
            x=row.x,
            value=row.value,
            unit=row.unit,
            uncertainty=row.uncertainty,
            temperature=row.temperature,
            label=self._context.space.label(row.x),
            provenance=self._provenance(row),
        )

    def _row(self, request: Request, count: int) -> int:
        """A random row for the first request of a point, the others in random order for those that repeat it."""
        key = int(content_key(request.repeats or request.id), 16)
        first = int(np.random.default_rng([self._context.seed, key]).integers(count))
        if request.turn == 0:
            return first
        others = [row for row in range(count) if row != first]
        return int(np.random.default_rng([self._context.seed, key, 1]).permutation(others)[request.turn - 1])

    def _provenance(self, row: TableRow) -> Provenance:
        converted = (
            "" if row.published_unit == row.unit else f"published as {row.published_value:g} {row.published_unit}; "
        )
        return Provenance(
            # The same number may be a calculation here and a measurement there: two facts.
            key=content_key(self._context.target, row.key),
            adapter=self._context.slot,
            file=self._options.table,
            file_sha256=self._sha256,
            locator=f"line {row.line}" + (f", {row.id}" if row.id else ""),
            laboratory=row.laboratory,
            person=row.person,
            sample=row.sample,
            citation=row.citation,
            note=converted + row.note,
        )

    def _unknown_point(self, request: Request) -> Failure:
        return Failure(
            request_id=request.id,
            target=self._context.target,
            label=request.label,
            reason=f"{self._options.table} has no {'other ' if request.turn else ''}row at {request.label}",
            remedy="Ask only for the points the table has, or add the row.",
            provenance=Provenance(key=content_key("no row", request.id), adapter=self._context.slot),
        )


def _median_over_laboratories(rows: Sequence[TableRow]) -> float:
    by_laboratory: dict[str, list[float]] = {}
    for row in rows:
        by_laboratory.setdefault(row.laboratory, []).append(row.value)
    return float(np.median([np.median(values) for values in by_laboratory.values()]))
