"""``dft_folder``: calculations that exist already, in a folder tree of any depth.

The tree is scanned by :func:`adapters.dft.scanning.scan`, so that of ten thousand calculations only those that changed
are read again. Each is placed in the design space by its composition. By default all of them are handed over, asked
for or not; with ``unasked = false`` the loop does not see them and asks for one composition at a time, as with a pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveInt

from adapters.dft import Calculation
from adapters.dft.scanning import Scanned, scan
from adapters.options import Options, parse_options
from adapters.simulators.answering import require_magnetization, result_of
from loop.errors import AdapterError, CampaignError, DataError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key

_SAME_POINT = 1e-6


class DftFolderOptions(Options):
    """Options of a tree of calculations.

    Parameters
    ----------
    folder
        Top of the tree, relative to the campaign's folder; it must exist.
    unasked
        Hand over every calculation that is found; else only answers to requests.
    quiet_seconds
        A calculation is left alone until nothing in its folder has changed for this long.
    workers
        Processes that read; one a core if not given.
    """

    folder: Annotated[str, Field(min_length=1)]
    unasked: bool = True
    quiet_seconds: NonNegativeFloat = 10.0
    workers: PositiveInt | None = None


class DftFolder:
    """A tree of calculations that exist.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, there is no such folder, the design space has no formula, or the target is no
        magnetization.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._context = context
        self._options = parse_options(DftFolderOptions, context)
        require_magnetization(context)
        self._folder = (context.folder / self._options.folder).resolve()
        if not self._folder.is_dir():
            raise CampaignError(f"slot {context.slot!r}: options.folder = {self._options.folder!r}: no such folder")
        self._wanted: dict[str, Request] = {}

    def submit(self, request: Request) -> None:
        """Take note of a request; there is nobody to tell."""
        self._wanted[request.id] = request

    def poll(self) -> Mapping[str, str]:
        """A request is done once a calculation of its composition is in the tree."""
        done = {item.request_id for item in self.collect()}
        word = f"waiting for a calculation of it below {self._options.folder}"
        return {name: "done" if name in done else word for name in self._wanted}

    def collect(self) -> Iterable[Result | Failure]:
        """Scan the tree and hand over what is in it, in the order of the paths."""
        found = self._scanned()
        placed = [self._placed(one) for one in found.accepted]
        answers = self._answers([item for item in placed if isinstance(item, Result)])
        if not self._options.unasked:
            return [item for item in answers if item.request_id is not None]
        elsewhere = [item for item in placed if isinstance(item, Failure)]
        return [*answers, *elsewhere, *(self._refusal(one.file, one.reason, one.remedy) for one in found.rejected)]

    def cancel(self, request_id: str) -> None:
        """Forget a request."""
        self._wanted.pop(request_id, None)

    def candidates(self) -> Sequence[Sequence[float]]:
        """Points of the calculations that are there: nobody makes others."""
        return sorted(self.truth())

    def truth(self) -> Mapping[tuple[float, ...], float]:
        """What each point is worth, in the unit of the slot: the median of its calculations. For backtests only."""
        values: dict[tuple[float, ...], list[float]] = {}
        for one in self._scanned().accepted:
            item = self._placed(one)
            if isinstance(item, Result):
                values.setdefault(item.x, []).append(item.value)
        return {x: float(np.median(some)) for x, some in values.items()}

    def _scanned(self) -> Scanned:
        try:
            return scan(
                self._folder,
                index=self._context.state / "scan.sqlite",
                workers=self._options.workers,
                quiet_seconds=self._options.quiet_seconds,
            )
        except DataError as error:
            raise AdapterError(f"slot {self._context.slot!r}: {error}") from error

    def _placed(self, calculation: Calculation) -> Result | Failure:
        # The rows of a table share their file.
        key = content_key(*sorted(calculation.files.values()), calculation.formula, calculation.moment_per_cell)
        where = self._where(calculation.path)
        try:
            place = self._context.space.point_of(calculation.composition)
            return result_of(self._context, calculation, place, None, key, where)
        except DataError as error:
            return self._refusal(calculation.path, str(error), "Move it out of the tree, or widen the design space.")

    def _answers(self, results: list[Result]) -> list[Result]:
        """Let the first result at a requested point answer the request."""
        free = dict(self._wanted)
        found: list[Result] = []
        for result in results:
            name = next((name for name, request in free.items() if _same(result.x, request.x)), None)
            if name is not None:
                del free[name]
            found.append(replace(result, request_id=name))
        return found

    def _refusal(self, file: str, reason: str, remedy: str) -> Failure:
        where = self._where(file)
        return Failure(
            request_id=None,
            target=self._context.target,
            label=where,
            reason=f"{where}: {reason}",
            remedy=remedy,
            provenance=Provenance(key=content_key(where, reason), adapter=self._context.slot, file=where),
        )

    def _where(self, file: str) -> str:
        return str(Path(self._options.folder) / Path(file).relative_to(self._folder))


def _same(x: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(x, other, strict=True)) < _SAME_POINT
