"""The refusal of a calculation."""

from __future__ import annotations

from loop.errors import RejectedError


class RejectedCalculation(RejectedError):  # noqa: N818  the name is given by the project's interface
    """A file or folder was read and yields no calculation that could be trusted."""


class NoCalculation(RejectedCalculation):
    """Nothing that could be the output of a calculation was recognised: the file or folder is something else."""


class SeveralCalculations(RejectedCalculation):
    """A folder holds several calculations; each of its files has to be read by itself."""


class StillGrowing(RejectedCalculation):
    """Somebody may still be writing the file, or its file system is away for now; later it may be whole."""
