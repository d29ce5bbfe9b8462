"""The wall that no parser's exception passes."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.dft.rejected import RejectedCalculation, StillGrowing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSING = frozenset(
    {errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENOTCONN,
     errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)  # fmt: skip
"""A file system that is away, or a machine at its limits: nothing is said of what the file holds."""


@contextmanager
def only_rejections(file: Path, reason: str) -> Iterator[None]:
    """Turn whatever a parser raises into a rejection; parsers of broken files raise almost anything.

    Parameters
    ----------
    file
        What is being read.
    reason
        What the exception most probably means.

    Raises
    ------
    RejectedCalculation
        Instead of any other exception; ``StillGrowing`` where the file system is away for now.
    """
    try:
        yield
    except RejectedCalculation:
        raise
    except PermissionError as error:
        remedy = "Give this user the right to read it."
        raise RejectedCalculation(file, f"cannot be read: {error.strerror}", remedy) from error
    except OSError as error:
        if error.errno not in PASSING:
            raise _damaged(file, reason, error) from error
        raise StillGrowing(file, f"cannot be read now: {error.strerror}", "Wait: it is read again.") from error
    except Exception as error:
        raise _damaged(file, reason, error) from error


def _damaged(file: Path, reason: str, error: Exception) -> RejectedCalculation:
    found = f"{reason} ({type(error).__name__}: {' '.join(str(error).split())[:300]})"
    remedy = "Wait for the calculation to end or copy the file again; if it is whole, report the format."
    return RejectedCalculation(file, found, remedy)
