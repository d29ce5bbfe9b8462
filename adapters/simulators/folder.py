"""``folder``: a drop folder of finished calculations.

A person or another system puts calculation folders in; each is read by :func:`adapters.dft.read_calculation`,
placed in the
design space by its composition, and handed to the loop, asked for or not. What the loop asks for stands beside them as
``<request id>.request.json``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeFloat

from adapters.dft import Calculation, RejectedCalculation, read_calculation
from adapters.dft.guard import PASSING
from adapters.dft.rejected import StillGrowing
from adapters.interrupted import as_far_as
from adapters.options import Options, parse_options
from adapters.simulators.answering import require_magnetization, result_of
from loop.errors import AdapterError, DataError, NotSentError, TransientError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key

_REQUEST = ".request.json"
_SAME_POINT = 1e-6


class FolderOptions(Options):
    """Options of a drop folder.

    Parameters
    ----------
    folder
        The folder, relative to the campaign's; made if it does not exist.
    quiet_seconds
        A calculation folder is left alone until nothing in it has changed for this long.
    """

    folder: Annotated[str, Field(min_length=1)]
    quiet_seconds: NonNegativeFloat = 10.0


class Folder:
    """A drop folder of calculation folders.

    A calculation answers a request when its folder is named like the request, or when its composition is the
    requested one.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, the design space has no formula, or the target is no magnetization.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._context = context
        self._options = parse_options(FolderOptions, context)
        require_magnetization(context)
        self._folder = context.folder / self._options.folder
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AdapterError(
                f"slot {context.slot!r}: cannot make the drop folder {self._folder} ({error})"
            ) from error
        self._wanted: dict[str, Request] = {}
        self._read: dict[Path, tuple[tuple[object, ...], Calculation | RejectedCalculation]] = {}

    def submit(self, request: Request) -> None:
        """Write what is wanted into the folder, unless it stands there already."""
        self._wanted[request.id] = request
        file = self._folder / (request.id + _REQUEST)
        if file.exists():
            return
        wanted: dict[str, str | float] = {
            "request": request.id,
            "formula": request.label,
            "target": request.target,
            "unit": self._context.unit,
        }
        wanted |= self._context.space.written(request.x)
        temporary = file.with_suffix(".tmp")
        try:
            temporary.write_text(json.dumps(wanted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            temporary.rename(file)
        except OSError as error:
            raise NotSentError(f"the drop folder {self._folder} cannot be written ({error.strerror})") from error

    def poll(self) -> Mapping[str, str]:
        """A request is done once a calculation of its composition is in the folder."""
        done = {item.request_id for item in self.collect()}
        word = "waiting for a calculation in the drop folder"
        if not os.access(self._folder, os.R_OK | os.X_OK):
            word = f"waiting: the drop folder {self._folder} cannot be read"
        return {name: "done" if name in done else word for name in self._wanted}

    def collect(self) -> Iterable[Result | Failure]:
        """Read every calculation folder that is quiet; unchanged ones are not read again."""
        found: list[Result | Failure] = []
        answered: set[str] = set()
        trouble: TransientError | None = None
        for path in self._entries():
            try:
                item = self._item(path, answered)
            except TransientError as error:
                trouble = trouble or error
                continue
            if item is not None:
                found.append(item)
        return as_far_as(found, trouble)

    def ready(self, requests: Collection[str]) -> Iterable[str]:  # noqa: ARG002  nobody need have asked
        """Name the calculation folders that are quiet, by their state."""
        found: list[str] = []
        for path in self._entries():
            with suppress(OSError):  # it is being moved or written; collect says what cannot be read
                stamp, newest = _stamp(path)
                if self._is_quiet(stamp, newest):
                    found.append(f"{path.name} ({content_key(*map(str, stamp))})")
        return found

    def cancel(self, request_id: str) -> None:
        """Take the request out of the folder."""
        self._wanted.pop(request_id, None)
        (self._folder / (request_id + _REQUEST)).unlink(missing_ok=True)

    def _entries(self) -> list[Path]:
        """Calculation folders in a reproducible order; none while the drop folder is away (a share, say)."""
        try:
            return sorted(entry for entry in self._folder.iterdir() if entry.is_dir())
        except OSError:
            return []

    def _is_quiet(self, stamp: tuple[object, ...], newest: float) -> bool:
        return bool(stamp) and time.time() - newest >= self._options.quiet_seconds

    def _item(self, path: Path, answered: set[str]) -> Result | Failure | None:
        try:
            stamp, newest = _stamp(path)
        except FileNotFoundError:
            return None  # it is being moved or written
        except OSError as error:
            if error.errno in PASSING:
                raise TransientError(f"{path} cannot be read now ({error.strerror})") from error
            key = content_key(path.name, str(error))
            return self._refusal(path, str(path), f"cannot be read ({error})", "Make it readable.", key)
        if not self._is_quiet(stamp, newest):
            return None
        if path not in self._read or self._read[path][0] != stamp:
            self._read[path] = (stamp, _outcome(path))
        outcome = self._read[path][1]
        if isinstance(outcome, RejectedCalculation):
            return self._refusal(
                path, outcome.file, outcome.reason, outcome.remedy, content_key(path.name, *map(str, stamp))
            )
        try:
            return self._result(path, outcome, answered)
        except DataError as error:
            key = content_key(*outcome.files.values())
            return self._refusal(
                path, outcome.path, str(error), "Move it out of the folder, or widen the design space.", key
            )

    def _result(self, path: Path, calculation: Calculation, answered: set[str]) -> Result:
        x, units, request = self._placed(path, calculation, answered)
        if request is not None:
            answered.add(request)
        key = content_key(*sorted(calculation.files.values()))
        file = str(Path(self._options.folder) / path.name / Path(calculation.path).name)
        return result_of(self._context, calculation, (x, units), request, key, file)

    def _placed(
        self, path: Path, calculation: Calculation, answered: set[str]
    ) -> tuple[tuple[float, ...], float, str | None]:
        """Point, formula units, and the request it answers; what a composition does not say is the request's."""
        space, amounts = self._context.space, calculation.composition
        if path.name in self._wanted:
            return *space.point_of(amounts, space.beside(self._wanted[path.name].x)), path.name
        for name, request in self._wanted.items():
            x, units = space.point_of(amounts, space.beside(request.x))
            same = max(abs(a - b) for a, b in zip(x, request.x, strict=True)) < _SAME_POINT
            if same and name not in answered:
                return x, units, name
        return *space.point_of(amounts), None

    def _refusal(self, path: Path, file: str, reason: str, remedy: str, key: str) -> Failure:
        where = os.path.relpath(file, self._context.folder)
        return Failure(
            request_id=path.name if path.name in self._wanted else None,
            target=self._context.target,
            label=path.name,
            reason=f"{where}: {reason}",
            remedy=remedy,
            provenance=Provenance(key=key, adapter=self._context.slot, file=where),
        )


def _outcome(path: Path) -> Calculation | RejectedCalculation:
    try:
        return read_calculation(path)
    except StillGrowing as refusal:
        raise TransientError(f"{refusal.file}: {refusal.reason}") from refusal
    except RejectedCalculation as refusal:
        return refusal


def _stamp(path: Path) -> tuple[tuple[object, ...], float]:
    """Names, sizes and times of the files of a calculation, and the newest of the times in seconds."""
    files = [
        (entry.name, status.st_size, status.st_mtime_ns) for entry in sorted(path.iterdir()) if (status := entry.stat())
    ]
    return tuple(files), max((time_ns / 1e9 for _, _, time_ns in files), default=0.0)
