"""The adapter: requests in, outcomes out; the work is done by a supervisor of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from adapters.instruments.procedures.actions import to_table
from adapters.instruments.procedures.steps import actions_of
from adapters.instruments.station.lock import is_free, user_of
from adapters.instruments.station.options import StationOptions, keep_options
from adapters.instruments.station.procedure import procedure_of
from adapters.instruments.station.spool import CANCELLED, OUTCOMES, QUEUE, STARTED, Spool
from adapters.options import parse_options
from loop.errors import CampaignError, NotSentError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key
from loop.secret import undisclosed


class Station:
    """Measures requests one after the other with contained devices.

    Whatever a driver does (hangs, exits, crashes, gives a stale or impossible reading) ends one request with its
    cause; the devices are brought to their safe state and the campaign goes on. A measurement goes on when the loop's
    process ends, and a measurement that was itself cut short is *unknown*: never repeated unless the options say it
    may be.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._context = context
        self._options = parse_options(StationOptions, context)
        try:
            self._procedure = procedure_of(self._options, _numeric(context))
        except CampaignError as error:
            raise CampaignError(
                f"{context.folder / 'campaign.toml'}: slot {context.slot!r}: options.{error}"
            ) from error
        lock = {"lock": _lock_file(context, self._options.lock)}
        self._options = self._options.model_copy(update=lock)
        self._spool = Spool(context.state)
        self._submitted: dict[str, Request] = {}
        self._supervisor = threading.Thread()
        keep_options(context.state, {**undisclosed(context.options), **lock})

    def submit(self, request: Request) -> None:
        """Queue a request, unless it is known."""
        x = self._context.space.written(request.x)
        numbers = dict(zip(self._context.space.names, request.x, strict=True))
        values = {name: numbers[name] for name in _numeric(self._context)}
        order = {
            "id": request.id,
            "label": request.label,
            "x": x,
            "actions": [to_table(action) for action in actions_of(self._procedure, values)],
            "unit": self._context.unit,
            "molar_mass": _molar_mass(self._context, request),
        }
        try:
            self._spool.add(QUEUE, request.id, order)
        except OSError as error:
            if not self._spool.has(QUEUE, request.id):
                raise NotSentError(f"{request.id} cannot be queued now ({error})") from error
        self._submitted[request.id] = request
        with suppress(OSError):  # it is queued; collecting starts what cannot be started now
            self._keep_working()

    def poll(self) -> Mapping[str, str]:
        """How far each request is."""
        self._keep_working()
        return {name: self._word(name) for name in self._submitted}

    def collect(self) -> Iterable[Result | Failure]:
        """Outcomes of everything submitted."""
        self._keep_working()
        done = [name for name in self._submitted if self._spool.has(OUTCOMES, name)]
        return [self._outcome(self._submitted[name]) for name in done]

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        """Name the outcomes that are there."""
        return [f"outcome of {name}" for name in self._spool.names(OUTCOMES) if name in requests]

    def cancel(self, request_id: str) -> None:
        """Give up on a request; one that is being measured is ended, with the devices in their safe state."""
        self._submitted.pop(request_id, None)
        if self._spool.has(QUEUE, request_id) and not self._spool.has(OUTCOMES, request_id):
            self._spool.add(CANCELLED, request_id, {})

    def _keep_working(self) -> None:
        """See that a supervisor runs while there is something to do."""
        # One that was just started has no lock yet: it is importing.
        if self._supervisor.is_alive() or not self._has_work() or not is_free(self._spool.folder):
            return
        command = [sys.executable, "-m", "adapters.instruments.station.supervisor", str(self._spool.folder)]
        with (self._spool.folder / "supervisor.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        # Waited for, lest it is left as a zombie; it goes on when this process ends.
        self._supervisor = threading.Thread(target=process.wait, daemon=True)
        self._supervisor.start()

    def _has_work(self) -> bool:
        interrupted = set(self._spool.names(STARTED)) - set(self._spool.names(OUTCOMES))
        return bool(interrupted or self._spool.pending())

    def _word(self, name: str) -> str:
        if self._spool.has(OUTCOMES, name):
            return "done"
        if self._spool.has(STARTED, name):
            return "being measured"
        user, words = user_of(self._options.lock), "waiting for the instrument"
        return words if user in {"", str(self._spool.folder)} else f"{words}, which {user} uses"

    def _outcome(self, request: Request) -> Result | Failure:
        outcome = self._spool.get(OUTCOMES, request.id)
        if "value" not in outcome:
            return self._failure(request, outcome)
        provenance = Provenance(
            key=content_key(self._context.slot, request.id, outcome["sha256"]),
            adapter=self._context.slot,
            file=outcome["raw"],
            file_sha256=outcome["sha256"],
            sample=request.label,
            note=f"{outcome['count']} readings, finished {outcome['finished']}",
        )
        return Result(
            request_id=request.id,
            target=self._context.target,
            x=request.x,
            value=outcome["value"],
            unit=outcome["unit"],
            uncertainty=outcome["uncertainty"],
            label=request.label,
            provenance=provenance,
        )

    def _failure(self, request: Request, outcome: Mapping[str, object]) -> Failure:
        is_unknown = bool(outcome.get("unknown"))
        remedy = (
            "Look at the instrument and the sample; nobody knows how far the measurement came, and it is not repeated."
            if is_unknown
            else f"Look at {self._spool.folder / 'logs'}; ask again once it is mended."
        )
        return Failure(
            request_id=request.id,
            target=self._context.target,
            label=request.label,
            reason=str(outcome["reason"]),
            remedy=remedy,
            provenance=Provenance(key=content_key("outcome", request.id), adapter=self._context.slot),
            unknown=is_unknown,
        )


def _numeric(context: SlotContext) -> tuple[str, ...]:
    """Variables that set points may use: a category is no number."""
    return tuple(variable.name for variable in context.space.variables if not variable.values)


def _lock_file(context: SlotContext, lock: str) -> str:
    """Of the instrument; empty where there is none."""
    if not lock:
        return ""
    file = (context.folder / lock).resolve()
    try:
        file.touch()
    except OSError as error:
        raise CampaignError(
            f"{context.folder / 'campaign.toml'}: slot {context.slot!r}: options.lock: {file} cannot be written "
            f"({error.strerror}); expected a file that every campaign with this instrument may lock"
        ) from error
    return str(file)


def _molar_mass(context: SlotContext, request: Request) -> float | None:
    """Of a formula unit in g/mol; None where the space has no formula."""
    if context.space.formula is None:
        return None
    from pymatgen.core.composition import Composition

    return float(Composition(dict(context.space.formula.amounts(request.x))).weight)
