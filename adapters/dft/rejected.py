"""The refusal of a calculation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loop.errors import RejectedError

if TYPE_CHECKING:
    from os import PathLike


class RejectedCalculation(RejectedError):  # noqa: N818  the name is given by the project's interface
    """A file or folder was read and yields no calculation that could be trusted.

    Parameters
    ----------
    file
        What was read.
    reason
        What was found, and what was expected.
    remedy
        What a person can do about it.
    """

    def __init__(self, file: str | PathLike[str], reason: str, remedy: str) -> None:
        super().__init__(str(file), reason.rstrip("."), remedy)


class NoCalculation(RejectedCalculation):
    """Nothing that could be the output of a calculation was recognised: the file or folder is something else."""


class SeveralCalculations(RejectedCalculation):
    """A folder holds several calculations; each of its files has to be read by itself."""


class StillGrowing(RejectedCalculation):
    """Somebody may still be writing the file; later it may be whole."""
