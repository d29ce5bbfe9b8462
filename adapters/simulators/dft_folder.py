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
        Where the options are unusable, there is no such folder, the design space has no formula, or the target is no
        magnetization.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._options = parse_options(DftFolderOptions, context)
        super().__init__(context, unasked=self._options.unasked)
        self._folder = (context.folder / self._options.folder).resolve()
        if not self._folder.is_dir():
            raise CampaignError(f"slot {context.slot!r}: options.folder = {self._options.folder!r}: no such folder")

    def found(self) -> list[Calculation | RejectedCalculation]:
        """Scan the tree; what is accepted comes first.

        Raises
        ------
        TransientError
            The tree cannot be scanned now.
        """
        try:
            scanned = scan(
                self._folder,
                index=self._context.state / "scan.sqlite",
                workers=self._options.workers,
                quiet_seconds=self._options.quiet_seconds,
            )
        except DataError as error:
            raise TransientError(f"slot {self._context.slot!r}: {error}") from error
        return [*scanned.accepted, *scanned.rejected]

    def ready(self, requests: Collection[str]) -> Iterable[str]:  # noqa: ARG002  nobody need have asked
        """Name the folders of the tree that are quiet, by their state; none is read."""
        now, quiet = time.time(), self._options.quiet_seconds
        units = [unit for unit in units_below(self._folder) if now - unit.changed >= quiet]
        return [f"{self.called(str(unit.path))} ({unit.stamp[:16]})" for unit in units]

    def called(self, file: str) -> str:
        """Path below the campaign's folder."""
        return str(Path(self._options.folder) / Path(file).relative_to(self._folder))
