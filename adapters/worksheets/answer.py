"""An answer to a request, kept until its cycle is sealed and after."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from loop.errors import AdapterError, RejectedError, TransientError
from loop.history.durable import make_folder, write_durably
from loop.protocols import SlotContext
from loop.quantity import plain
from loop.records import Failure, Provenance, Request, Result, Sample

ANSWERS = "answers"
"""Folder of the answers, in a slot's own."""

_SUFFIX = ".answer.json"
_KEY = re.compile(r"[0-9a-f]{16}")
"""Name of an answer that nobody asked for: its key."""


class DamagedAnswer(RejectedError, AdapterError):  # noqa: N818  as RejectedWorksheet
    """The file of an answer that is kept holds none any more."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A value with all that is said of it, or the reason why there is none.

    Parameters
    ----------
    request_id
        The request it answers; None for a value nobody asked for, which must have a point.
    value, unit, uncertainty
        In the slot's unit; the value is None where the request failed.
    x
        Realised point; None where it is taken to be the one asked for.
    sample
        What was made and measured.
    failure
        Why there is no value; empty where there is one.
    provenance
        Where it comes from.
    """

    request_id: str | None
    value: float | None
    unit: str
    provenance: Provenance
    uncertainty: float | None = None
    x: tuple[float, ...] | None = None
    sample: Sample = field(default_factory=Sample)
    failure: str = ""

    def __str__(self) -> str:
        said = f"failed: {self.failure}" if self.value is None else f"{plain(self.value)} {self.unit}".strip()
        return f"{said}, by {self.provenance.person}" if self.provenance.person else said

    @property
    def name(self) -> str:
        """What it is kept under: one answer a request."""
        return self.request_id or self.provenance.key

    def item(self, context: SlotContext, request: Request | None) -> Result | Failure:
        """Hand it to the loop.

        Parameters
        ----------
        context
            Of the slot.
        request
            The request it answers, or None.
        """
        x = self.x if self.x is not None else request.x if request is not None else ()
        if self.value is None:
            label = request.label if request is not None else self.provenance.file
            return Failure(
                request_id=self.request_id,
                target=context.target,
                label=label,
                reason=self.failure,
                remedy="If there is a value after all: douka enter, with the same request.",
                provenance=self.provenance,
            )
        return Result(
            request_id=self.request_id,
            target=context.target,
            x=x,
            value=self.value,
            unit=self.unit,
            uncertainty=self.uncertainty,
            label=context.space.label(x),
            provenance=self.provenance,
            sample=self.sample,
        )


def hand_over(state: Path, answer: Answer) -> Path:
    """Keep an answer for the loop: durable before it is believed, and never replaced.

    Parameters
    ----------
    state
        The slot's own folder, kept with the history.
    answer
        What to keep.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    AdapterError
        Where another answer to the request is kept already, or the folder cannot be written.
    """
    folder = state / ANSWERS
    file = folder / (answer.name + _SUFFIX)
    try:
        make_folder(folder)
        with _one_at_a_time(folder):
            if file.exists():
                if _read(file).provenance.key == answer.provenance.key:
                    return file
                raise AdapterError(f"{answer.name} is answered already ({file}): retract that first, or ask again")
            write_durably(file, json.dumps(asdict(answer), ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise TransientError(f"{file}: cannot be written ({error.strerror or error})") from error
    return file


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of two answers at the same moment one is the first."""
    import fcntl

    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def spooled(state: Path) -> dict[str, Answer | DamagedAnswer | TransientError]:
    """Read the answers that are kept, by name.

    Parameters
    ----------
    state
        The slot's own folder.

    Returns
    -------
    dict
        An answer each, or what is wrong with its file; a :class:`~loop.errors.TransientError` where it may be read
        later.
    """
    files = sorted((state / ANSWERS).glob(f"[!.]*{_SUFFIX}"))
    return {file.name.removesuffix(_SUFFIX): _read_or_refused(file) for file in files}


def answer_to(state: Path, request_id: str) -> Answer | None:
    """Read the answer that is kept to a request; None where there is none.

    Parameters
    ----------
    state
        The slot's own folder.
    request_id
        The request.

    Raises
    ------
    DamagedAnswer
        Where nothing can be made of the file.
    """
    file = state / ANSWERS / (request_id + _SUFFIX)
    return _read(file) if file.exists() else None


def untaken(state: Path, requests: Collection[str]) -> list[str]:
    """Name the kept answers to these requests, and those to none; nothing is read.

    Parameters
    ----------
    state
        The slot's own folder.
    requests
        Ids of open requests.
    """
    names = sorted(file.name.removesuffix(_SUFFIX) for file in (state / ANSWERS).glob(f"[!.]*{_SUFFIX}"))
    return [name for name in names if name in requests or is_unasked(name)]


def is_unasked(name: str) -> bool:
    """Whether an answer of this name is one that nobody asked for."""
    return _KEY.fullmatch(name) is not None


def _read_or_refused(file: Path) -> Answer | DamagedAnswer | TransientError:
    try:
        return _read(file)
    except (DamagedAnswer, TransientError) as error:
        return error


def _read(file: Path) -> Answer:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return _answer(content)
    except OSError as error:
        raise TransientError(f"{file}: cannot be read now ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedAnswer(
            file, f"is damaged ({error})", "Bring back the file, or remove it and answer again."
        ) from error


def _answer(content: dict[str, Any]) -> Answer:
    sample = content.pop("sample")
    errors = sample.pop("x_uncertainty")
    provenance = Provenance(**content.pop("provenance"))
    x = content.pop("x")
    return replace(
        Answer(**content, provenance=provenance),
        x=None if x is None else tuple(x),
        sample=Sample(**sample, x_uncertainty=None if errors is None else tuple(errors)),
    )
