"""What a code has to say of itself: its inputs and its command line. Who runs it, where and when is a runner's."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, PositiveInt, model_validator

from adapters.command import Command
from adapters.dft.calculation import Calculation
from adapters.dft.reading import read_calculation
from adapters.options import Options, written_down

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

Mesh = tuple[PositiveInt, PositiveInt, PositiveInt]


class Code(Options):
    """Base of the codes; a code is its own options.

    Parameters
    ----------
    command
        Program and arguments instead of the usual ones, for example behind ``mpirun``.
    threads
        ``OMP_NUM_THREADS`` of a calculation.
    """

    title: ClassVar[str]
    """What messages call it."""
    takes_fractions: ClassVar[bool] = False
    """Whether a site may be shared by several elements (virtual crystal, coherent potential)."""

    command: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    threads: PositiveInt = 1

    @model_validator(mode="before")
    @classmethod
    def _without_secrets(cls, options: object) -> object:
        return written_down(options)

    @abstractmethod
    def write(self, crystal: Structure, folder: Path, *, again: bool = False) -> None:
        """Write everything that the program reads.

        Parameters
        ----------
        crystal
            Cell in Å; sites shared by several elements only where `takes_fractions`.
        folder
            Exists and is empty.
        again
            Start from other, larger moments than usual, to see whether the same solution comes out.

        Raises
        ------
        DataError
            Where this code cannot treat this crystal.
        AdapterError
            Where a file of the code's own (species, potential) is missing.
        """

    @abstractmethod
    def called(self) -> Command:
        """The command line."""

    def read(self, folder: Path) -> Calculation:
        """Read what the program left.

        Raises
        ------
        RejectedCalculation
            For everything that yields no trustworthy moment.
        """
        return read_calculation(folder)

    def _calling(self, usual: tuple[str, ...], install: str, stdin: str = "") -> Command:
        return Command(self.command or usual, install, stdin, {"OMP_NUM_THREADS": str(self.threads)})
