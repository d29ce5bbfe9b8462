"""``worksheet``: people who synthesize and measure, and the files that they bring.

``douka worksheet CAMPAIGN`` writes what is asked; filled worksheets and measurement files come back by a drop folder.
What was answered once is kept beside the history, so that a worksheet that is edited or lost later changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat

from adapters.interrupted import as_far_as
from adapters.magnetometry import RejectedMeasurement
from adapters.magnetometry.text import read_text
from adapters.options import Options, parse_options
from adapters.worksheets.answer import Answer, DamagedAnswer, hand_over, spooled, untaken
from adapters.worksheets.checking import WRONG, Checker, molar_mass
from adapters.worksheets.filled import SUFFIXES, RejectedWorksheet, Row, is_worksheet, read_sheet
from adapters.worksheets.late import AFTER, answered_otherwise, changed_later
from adapters.worksheets.measured import answer_of
from adapters.worksheets.missing import Kept, damaged, held_up
from adapters.worksheets.quiet import Quiet, Stamp
from adapters.worksheets.reducing import Reduced, reduced
from loop.errors import AdapterError, RejectedError, TransientError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key

TAKEN = "taken"
"""Verdict on a row that is kept."""

Keep = Callable[[Answer], list[Failure]]
_WAITING = "waiting for a filled worksheet or a measurement file"
_COMPLETE = "answered; the next cycle takes that in"
_MEASUREMENTS = (".dat", ".csv", ".txt", ".tsv", ".gz")


class WorksheetOptions(Options):
    """Options of people.

    Parameters
    ----------
    folder
        The drop folder, relative to the campaign's; made if it does not exist.
    quiet_seconds
        A file is left alone until it has not changed for this long.
    temperature
        In K, of the curve M(H) of a measurement file that is meant; a file without one at it is refused.
    laboratory
        Who they are, for the provenance.
    """

    folder: Annotated[str, Field(min_length=1)] = "worksheets"
    quiet_seconds: NonNegativeFloat = 10.0
    temperature: PositiveFloat | None = None
    laboratory: str = ""


class Worksheet:
    """A drop folder of filled worksheets (CSV), and of measurement files named after their request.

    A row answers the request whose id it names, if it is complete and plausible; else what is missing is said when the
    adapter is polled, and the row is read again when the file has changed. The first complete answer counts.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable.
    AdapterError
        Where the drop folder cannot be made.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._context = context
        self._options = parse_options(WorksheetOptions, context)
        self._folder = context.folder / self._options.folder
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AdapterError(
                f"slot {context.slot!r}: cannot make the drop folder {self._folder} ({error})"
            ) from error
        self._wanted: dict[str, Request] = {}
        self._settled: set[str] = set()
        self._words: dict[str, str] = {}
        self._is_quiet = Quiet(self._options.quiet_seconds)
        self._read: dict[Path, tuple[Stamp, Reduced | RejectedMeasurement]] = {}

    def submit(self, request: Request) -> None:
        """Take note of a request; people see it in the next worksheet that is written."""
        self._wanted[request.id] = request

    def poll(self) -> Mapping[str, str]:
        """A request is done once a complete row, or a file that can be read, is in the folder."""
        done = {item.request_id for item in self._collected()[0]}
        return {name: "done" if name in done else self._words.get(name, _WAITING) for name in self._wanted}

    def collect(self) -> Iterable[Result | Failure]:
        """Read what is quiet, keep what is complete, and hand over all that is kept."""
        return as_far_as(*self._collected())

    def _collected(self) -> tuple[list[Result | Failure], TransientError | None]:
        self._words = {}
        answered = spooled(self._context.state)
        refused = self._read_folder(answered, partial(self._keep, answered))
        kept = spooled(self._context.state)
        unsettled = {name: request for name, request in self._wanted.items() if name not in self._settled}
        found: list[Result | Failure] = []
        for answer in (one for one in kept.values() if isinstance(one, Answer)):
            request = unsettled.get(answer.request_id or "")
            if answer.request_id is None or request is not None:
                found.append(self._signed(answer).item(self._context, request))
        return [*found, *damaged(kept, unsettled, self._context), *refused], held_up(kept, unsettled)

    def settle(self, request_ids: Iterable[str]) -> None:
        """Hand over no more what is sealed; what becomes of its file is of no consequence then."""
        self._settled.update(request_ids)

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        """Name the files that have come to rest, by their state, and the kept answers that are not taken in yet."""
        stamps = {file.name: self._is_quiet.seen[file] for file in self._files()}
        files = [f"{name} ({content_key(*stamp)})" for name, stamp in stamps.items()]
        return [*files, *(f"answer {name}" for name in untaken(self._context.state, requests))]

    def cancel(self, request_id: str) -> None:
        """Give up on a request."""
        self._wanted.pop(request_id, None)

    def _signed(self, answer: Answer) -> Answer:
        return replace(answer, provenance=replace(answer.provenance, laboratory=self._options.laboratory))

    def look(self) -> Mapping[str, str]:
        """How each request stands, by what lies in the drop folder; unlike in a poll, nothing is taken in."""
        self._words = {}
        answered = spooled(self._context.state)
        complete = {name for name in answered if name in self._wanted}

        def noted(answer: Answer) -> list[Failure]:
            complete.add(answer.name)
            return []

        self._read_folder(answered, noted)
        return {name: _COMPLETE if name in complete else self._words.get(name, _WAITING) for name in self._wanted}

    def _read_folder(self, answered: Kept, keep: Keep) -> list[Failure]:
        refused: list[Failure] = []
        checker = self._checker(self._is_quiet)
        for file in self._files():
            if file.suffix.lower() in SUFFIXES and is_worksheet(file):
                try:
                    for row in read_sheet(file):
                        refused += self._row(row, checker, answered, keep)
                except RejectedWorksheet as refusal:
                    refused.append(self._refusal(refusal))
            else:
                refused += self._file(file, answered, keep)
        return refused

    def take(self, file: Path) -> dict[str, str]:
        """Take in one filled worksheet at once, wherever it lies.

        Parameters
        ----------
        file
            A worksheet.

        Returns
        -------
        dict
            A word for each row that is filled in, by its request: ``taken``, or what is wrong with it.

        Raises
        ------
        RejectedWorksheet
            Where it is no worksheet.
        """
        self._words = {}
        return {row.text("request"): self._verdict(row) for row in read_sheet(file) if row.is_filled}

    def enter(self, row: Row) -> str:
        """Take in one row that a person entered, wherever: :data:`TAKEN`, or what is wrong with it."""
        request = self._wanted.get(row.text("request"))
        if request is None:
            return "no such request is open"
        if not row.is_filled:
            return "nothing is entered: expected a value, or why there is none"
        self._words = {}
        try:
            refused = self._keep(spooled(self._context.state), self._checker(Path.is_file).answer(row, request))
        except WRONG as error:
            return str(error)
        return refused[0].reason if refused else self._words.get(request.id, TAKEN)

    def amend(self, row: Row, request: Request) -> str:
        """Take in a value of a request that has ended: :data:`TAKEN`, or what is wrong with it.

        It is a value that nobody asked for, at the request's point: that was answered, once.

        Parameters
        ----------
        row
            What a person entered.
        request
            That has ended.
        """
        try:
            answer = self._checker(Path.is_file).answer(row, request)
        except WRONG as error:
            return str(error)
        if answer.value is None:
            return "it has ended already: expected a value"
        note = "; ".join(part for part in (AFTER.format(request.id), answer.provenance.note) if part)
        provenance = replace(answer.provenance, note=note)
        x = request.x if answer.x is None else answer.x
        hand_over(self._context.state, replace(answer, request_id=None, x=x, provenance=provenance))
        return TAKEN

    def _verdict(self, row: Row) -> str:
        name = row.text("request")
        if name not in self._wanted:
            return f"line {row.line}: no such request is open"
        answered = spooled(self._context.state)
        refused = self._row(row, self._checker(Path.is_file), answered, partial(self._keep, answered))
        return refused[0].reason if refused else self._words.get(name, TAKEN)

    def _checker(self, is_quiet: Callable[[Path], bool]) -> Checker:
        return Checker(self._context, self._options.temperature, is_quiet, datetime.now(UTC).date())

    def _files(self) -> list[Path]:
        """Files that have come to rest, in a reproducible order; none while the drop folder is away (a share, say)."""
        try:
            entries = sorted(entry for entry in self._folder.iterdir() if not entry.name.startswith((".", "~")))
        except OSError:
            return []
        return [entry for entry in entries if entry.is_file() and self._is_quiet(entry)]

    def _row(self, row: Row, checker: Checker, answered: Kept, keep: Keep) -> list[Failure]:
        name = row.text("request")
        request = self._wanted.get(name)
        if not row.is_filled:
            return []
        if request is None:
            late = changed_later(row, answered, self._context)
            return [late] if late is not None else []
        try:
            answer = checker.answer(row, request)
        except WRONG as error:
            self._words.setdefault(name, f"waiting: {row.file.name}, line {row.line}: {error}")
            return []
        return keep(answer)

    def _file(self, file: Path, answered: Kept, keep: Keep) -> list[Failure]:
        """A measurement whose name begins with the id of a request."""
        request = self._request_of(file)
        if request is None and file.suffix.lower() in SUFFIXES and self._names_a_request(file):
            return [self._refusal(_without_heading(file))]
        if request is None or request.id in answered:
            return []
        outcome = self._reduced(file, request)
        if isinstance(outcome, RejectedMeasurement):
            self._words.setdefault(request.id, f"waiting: {file.name}: {outcome.reason}. {outcome.remedy}")
            return []
        return keep(answer_of(outcome, file, self._context, request))

    def _request_of(self, file: Path) -> Request | None:
        if not any(file.name.lower().endswith(suffix) for suffix in _MEASUREMENTS):
            return None
        named = [r for name, r in self._wanted.items() if file.name.startswith(name)]
        # Of 000001-lab-1 and 000001-lab-12 the longer is meant.
        best = max(named, key=lambda request: len(request.id), default=None)
        return best if best is not None and not file.name[len(best.id) :][:1].isdigit() else None

    def _names_a_request(self, file: Path) -> bool:
        try:
            text = "\n".join(read_text(file).lines)
        except RejectedMeasurement:
            return False
        return any(name in text for name in self._wanted)

    def _reduced(self, file: Path, request: Request) -> Reduced | RejectedMeasurement:
        stamp = self._is_quiet.seen[file]
        if file not in self._read or self._read[file][0] != stamp:
            mass = molar_mass(self._context, request.x)
            try:
                outcome: Reduced | RejectedMeasurement = reduced(
                    file, self._context.unit, molar_mass=mass, temperature=self._options.temperature
                )
            except RejectedMeasurement as refusal:
                if isinstance(refusal.__cause__, OSError):
                    return refusal  # a share that is away, say: it is read again
                outcome = refusal
            self._read[file] = (stamp, outcome)
        return self._read[file][1]

    def _keep(self, answered: dict[str, Answer | DamagedAnswer | TransientError], answer: Answer) -> list[Failure]:
        before = answered.get(answer.name)
        if before is None:
            try:
                hand_over(self._context.state, answer)
            except AdapterError as error:  # a full disk, say: it is tried again
                self._words.setdefault(answer.name, f"waiting: {error}")
            else:
                answered[answer.name] = answer
            return []
        if not isinstance(before, Answer):
            self._words.setdefault(answer.name, f"waiting: {before}")
            return []
        if before.provenance.key == answer.provenance.key:
            return []
        return [answered_otherwise(before, answer.value, answer.provenance, self._context)]

    def _refusal(self, refusal: RejectedError) -> Failure:
        where = os.path.relpath(refusal.file, self._context.folder)
        return Failure(
            request_id=None,
            target=self._context.target,
            label=Path(refusal.file).name,
            reason=f"{where}: {refusal.reason}",
            remedy=refusal.remedy,
            provenance=Provenance(key=content_key(where, refusal.reason), adapter=self._context.slot, file=where),
        )


def _without_heading(file: Path) -> RejectedWorksheet:
    try:
        read_sheet(file)
    except RejectedWorksheet as refusal:
        return refusal
    return RejectedWorksheet(file, "changed while it was read", "Leave it as it is.")
