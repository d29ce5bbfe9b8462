"""``dft_folder``: calculations that exist already, in a folder tree of any depth.

The tree is scanned by :func:`adapters.dft.scanning.scan`, so that of ten thousand calculations only those that changed
are read again. Each is placed in the design space by its composition. By default all of them are handed over, asked
for or not; with ``unasked = false`` the loop does not see them and asks for one composition at a time, as with a pool.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveInt

from adapters.dft import Calculation, RejectedCalculation
from adapters.dft.scanning import scan
from adapters.dft.scanning.index import ScanIndex
from adapters.dft.scanning.unit import units_below
from adapters.options import Options, parse_options
from adapters.simulators.existing import Existing
from loop.errors import CampaignError, DataError, TransientError
from loop.protocols import API_VERSION, SlotContext


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


class DftFolder(Existing):
    """A tree of calculations that exist.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, there is no such folder and never was, the design space has no formula, or the
        target is no magnetization.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._options = parse_options(DftFolderOptions, context)
        super().__init__(context, unasked=self._options.unasked)
        self._folder = (context.folder / self._options.folder).resolve()
        self._index = context.state / "scan.sqlite"
        # Once it was scanned, its absence is that of a file share, which comes back.
        if not self._folder.is_dir() and not self._index.exists():
            raise CampaignError(f"slot {context.slot!r}: options.folder = {self._options.folder!r}: no such folder")

    def found(self) -> list[Calculation | RejectedCalculation]:
        """Scan the tree; what is accepted comes first.

        Raises
        ------
        TransientError
            The tree cannot be scanned now, or everything in it is away.
        """
        try:
            self._require_mounted()
            scanned = scan(
                self._folder,
                index=self._index,
                workers=self._options.workers,
                quiet_seconds=self._options.quiet_seconds,
            )
        except DataError as error:
            raise TransientError(f"slot {self._context.slot!r}: {error}") from error
        return [*scanned.accepted, *scanned.rejected]

    def _require_mounted(self) -> None:
        """A share that is not mounted leaves an empty folder: what was read there is away, not gone."""
        if not self._index.exists() or any(self._folder.glob("*")):
            return
        with ScanIndex(self._index) as kept:
            if not kept.is_empty:
                raise TransientError(
                    f"slot {self._context.slot!r}: {self._folder} is empty or away, and calculations were read there: "
                    f"mount it; if they were removed on purpose, remove {self._index} as well"
                )

    def ready(self, requests: Collection[str]) -> Iterable[str]:  # noqa: ARG002  nobody need have asked
        """Name the folders of the tree that are quiet, by their state; none is read."""
        now, quiet = time.time(), self._options.quiet_seconds
        units = [unit for unit in units_below(self._folder) if now - unit.changed >= quiet]
        return [f"{self.called(str(unit.path))} ({unit.stamp[:16]})" for unit in units]

    def called(self, file: str) -> str:
        """Path below the campaign's folder."""
        return str(Path(self._options.folder) / Path(file).relative_to(self._folder))
