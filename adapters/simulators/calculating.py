"""Requests that somebody calculates: inputs are laid into a folder, a runner gets them run, outputs are read.

What is calculated and where it runs know nothing of each other; here they meet.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from pydantic import Field, PositiveFloat, PositiveInt

from adapters.command import Command
from adapters.dft import RejectedCalculation
from adapters.dft.rejected import StillGrowing
from adapters.interrupted import as_far_as
from adapters.options import Options
from adapters.simulators.job import Job, Look, Stand
from adapters.simulators.mark import Mark, Marks
from adapters.simulators.runners import AnyRunner, Local
from loop.errors import AdapterError, CampaignError, DataError, DoukaError, NotSentError, TransientError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key
from loop.retry import passes


class CalculatingOptions(Options):
    """Options of every slot that calculates.

    Parameters
    ----------
    runner
        Who runs it, and where.
    uncertainty
        Standard numerical uncertainty of a value (mesh, cutoff, convergence) in the target's unit, stated with each.
    attempts
        How often a calculation is started, if it gets lost: its machine was switched off, its process killed. One that
        ends without a trustworthy result has failed and is not repeated.
    """

    runner: AnyRunner = Field(default_factory=Local)
    uncertainty: PositiveFloat | None = None
    attempts: PositiveInt = 3


class Calculating(ABC):
    """A simulator whose calculations are folders; base of codes and functions.

    A calculation changes nothing in the world, so it may be repeated. Each attempt has a fresh folder, and a durable
    mark before its runner acts.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.
    options
        Of the slot.

    Raises
    ------
    AdapterError
        Where the runner lacks what it needs; the message says how to install it.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext, options: CalculatingOptions) -> None:
        self._context = context
        self._runner, self._attempts = options.runner, options.attempts
        try:
            self._runner.check(self.command())
        except (CampaignError, AdapterError) as error:
            raise type(error)(f"slot {context.slot!r}: {error}") from error
        self._root = self._runner.place(context).resolve()
        self._marks = Marks(context.state / "started")
        self._last: dict[str, Mark] = {}
        self._jobs: dict[str, Job] = {}
        self._requests: dict[str, Request] = {}
        self._answers: dict[str, Result | Failure] = {}
        self._words: dict[str, str] = {}

    @abstractmethod
    def command(self) -> Command:
        """How a calculation is run in its folder."""

    @abstractmethod
    def write(self, request: Request, folder: Path) -> None:
        """Write the inputs of a request into its folder.

        Raises
        ------
        DoukaError
            Where there can be none.
        """

    @abstractmethod
    def read(self, request: Request, folder: Path) -> Result:
        """Read what was calculated; ``provenance.file`` is relative to the folder.

        Raises
        ------
        RejectedCalculation
            Where there is nothing that could be trusted, or not yet.
        DataError
            Where it is not what was asked for.
        """

    def submit(self, request: Request) -> None:
        """Write the inputs of a request and have them run, unless that was started before."""
        if request.id in self._requests:
            return
        self._requests[request.id] = request
        try:
            self._begin(request)
        except NotSentError:
            self._forget(request.id)
            raise

    def _begin(self, request: Request) -> None:
        try:
            mark = self._marks.last(request.id)
        except OSError as error:
            raise NotSentError(f"the mark of {request.id} cannot be read ({error}); nothing was begun") from error
        if mark is None:
            self._start(request, 1)
        else:
            self._last[request.id] = mark

    def poll(self) -> Mapping[str, str]:
        """How requests stand, as their runner sees it."""
        self._advance()
        return {name: "done" if name in self._answers else self._words.get(name, "") for name in self._requests}

    def collect(self) -> Iterable[Result | Failure]:
        """Read what has ended; what was lost is started again."""
        trouble = self._advance()
        return as_far_as(list(self._answers.values()), trouble)

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        """Name the jobs that have ended or offer something new, and the requests that were never started."""
        marks = self._marks.all()
        started = [marks[name] for name in sorted(requests) if name in marks]
        words = {mark.job: self._runner.news(self._job(mark)) for mark in started}
        return [
            *(f"{job} ({word})" for job, word in words.items() if word),
            *(f"{name} (not started)" for name in sorted(requests) if name not in marks),
        ]

    def settle(self, request_ids: Iterable[str]) -> None:
        """Forget requests whose answers are sealed."""
        for name in request_ids:
            if name in self._answers:
                self._forget(name)

    def cancel(self, request_id: str) -> None:
        """End the calculation of a request and forget it."""
        mark = self._marks.last(request_id)
        if mark is not None:
            # First: another process that looks meanwhile would take the ended job for a lost one.
            self._marks.give_up(request_id)
            self._runner.cancel(self._job(mark))
        self._forget(request_id)

    def _forget(self, request_id: str) -> None:
        for known in (self._requests, self._answers, self._words, self._last, self._jobs):
            known.pop(request_id, None)

    def _advance(self) -> TransientError | None:
        """Look at what was begun and is not answered; the first thing that did not answer, if anything."""
        trouble: TransientError | None = None
        held = set()
        marks = {name: mark for name, mark in self._last.items() if name not in self._answers}
        looks = self._runner.look([self._kept_job(name, mark) for name, mark in marks.items()])
        for name, mark in marks.items():
            look = looks[mark.job]
            self._words[name] = look.words
            try:
                if look.stand is Stand.LOST and trouble is None:  # each attempt may last until it times out
                    self._repeat(self._requests[name], mark, look)
                elif look.stand in {Stand.ENDED, Stand.OFFERED}:
                    self._take(self._requests[name], mark, look)
            except Exception as error:  # of one job, which fails none of the others
                if passes(error):
                    self._words[name] = f"waiting: {error}"
                    trouble = trouble or (error if isinstance(error, TransientError) else TransientError(str(error)))
                    held.add(name)
                else:
                    reason = f"{self._shown(mark)}: {error!r}"
                    self._answers[name] = self._failure(self._requests[name], reason, "Look at it, then ask again.")
        if trouble is not None:
            trouble.requests = frozenset(held)
        return trouble

    def _start(self, request: Request, attempt: int) -> None:
        """One attempt, from the inputs to the runner.

        Raises
        ------
        NotSentError
            Where it certainly was not handed to the runner, and may be later.
        """
        try:
            mark = self._prepared(request, attempt)
            self._hand_out(mark)
        except NotSentError:
            raise
        except (DoukaError, OSError) as error:
            remedy = "Mend that and ask again."
            self._answers[request.id] = self._failure(request, f"could not be started: {error}", remedy)

    def _prepared(self, request: Request, attempt: int) -> Mark:
        """A folder with inputs, and the mark of it; nobody knows of it yet."""
        try:
            folder = self._fresh(request.id, attempt)
            self.write(request, folder)
            mark = Mark(request.id, attempt, folder.name, f"{folder.name}-{uuid4().hex[:8]}")
            self._marks.write(mark)
        except (PermissionError, FileNotFoundError, NotADirectoryError):
            raise  # somebody has to mend that
        except OSError as error:
            raise NotSentError(f"its inputs cannot be written now ({error})") from error
        return mark

    def _hand_out(self, mark: Mark) -> None:
        before = self._last.get(mark.request)
        self._last[mark.request] = mark
        try:
            self._runner.start(self._job(mark))
        except NotSentError:
            self._last.pop(mark.request)
            if before is not None:
                self._last[mark.request] = before
            self._marks.withdraw(mark)
            shutil.rmtree(self._root / mark.folder, ignore_errors=True)
            raise
        except TransientError as error:
            # Perhaps it was taken: the next look finds it by its name, or nobody has it and it is begun anew.
            self._words[mark.request] = f"waiting: {error}"

    def _fresh(self, request: str, attempt: int) -> Path:
        """A new folder; what an earlier history may have left in the same place is not touched."""
        self._root.mkdir(parents=True, exist_ok=True)
        name, number = f"{request}-{attempt}", 1
        while (self._root / name).exists():
            number += 1
            name = f"{request}-{attempt}.{number}"
        (self._root / name).mkdir()
        return self._root / name

    def _job(self, mark: Mark) -> Job:
        return Job(mark.job, self._root / mark.folder, self.command())

    def _kept_job(self, request: str, mark: Mark) -> Job:
        """Made once an attempt: ten thousand are looked at in every cycle."""
        kept = self._jobs.get(request)
        if kept is None or kept.name != mark.job:
            kept = self._jobs[request] = self._job(mark)
        return kept

    def _repeat(self, request: Request, mark: Mark, look: Look) -> None:
        if self._marks.is_given_up(request.id):
            return
        if not self._root.is_dir():
            raise TransientError(f"the folder of the jobs, {self._root}, is not there")
        if look.unsure:
            with suppress(AdapterError, OSError):  # what cannot be cancelled is not there
                self._runner.cancel(self._job(mark))
        if mark.attempt < self._attempts:
            self._start(request, mark.attempt + 1)
            return
        reason = f"lost {mark.attempt} times, the last time in {self._shown(mark)}: {look.words}"
        self._answers[request.id] = self._failure(request, reason, "Look at the machine, then ask again.")

    def _take(self, request: Request, mark: Mark, look: Look) -> None:
        """Read the outputs; a refusal of what is perhaps not all is not final."""
        try:
            self._answers[request.id] = self._read(request, mark, look)
        except StillGrowing as refusal:
            raise TransientError(f"{self._shown(mark)}: {refusal.reason}") from refusal
        except RejectedCalculation as refusal:
            if look.stand is Stand.OFFERED:
                self._words[request.id] = f"{look.words}; what is there is refused so far: {refusal.reason}"
                return
            reason = f"{self._shown(mark)}: {refusal.reason}"
            self._answers[request.id] = self._failure(request, reason, refusal.remedy)
        except DataError as error:
            remedy = "The outputs are not those of the inputs beside them."
            self._answers[request.id] = self._failure(request, f"{self._shown(mark)}: {error}", remedy)

    def _read(self, request: Request, mark: Mark, look: Look) -> Result:
        folder = self._root / mark.folder
        if look.failed:
            raise RejectedCalculation(folder, look.words, "Look at its outputs; mend it and ask again.")
        result = self.read(request, folder)
        found = result.provenance
        note = "; ".join(filter(None, (found.note, look.worker and f"done by {look.worker}")))
        provenance = replace(found, file=self._shown(mark, Path(found.file)), note=note)
        return replace(result, provenance=provenance)

    def _shown(self, mark: Mark, file: Path = Path()) -> str:
        """What the history calls a file: relative to its own folder, or as it is if that is elsewhere."""
        path, history = self._root / mark.folder / file, self._context.state.parent.parent.resolve()
        return str(path.relative_to(history)) if path.is_relative_to(history) else os.fspath(path)

    def _failure(self, request: Request, reason: str, remedy: str) -> Failure:
        return Failure(
            request_id=request.id,
            target=self._context.target,
            label=request.label,
            reason=reason,
            remedy=remedy,
            provenance=Provenance(key=content_key("failed", request.id, reason), adapter=self._context.slot),
        )
