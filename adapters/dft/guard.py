"""The wall that no parser's exception passes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
        Instead of any other exception.
    """
    try:
        yield
    except RejectedCalculation:
        raise
    except PermissionError as error:
        remedy = "Give this user the right to read it."
        raise RejectedCalculation(file, f"cannot be read: {error.strerror}", remedy) from error
    except Exception as error:
        found = f"{reason} ({type(error).__name__}: {' '.join(str(error).split())[:300]})"
        remedy = "Wait for the calculation to end or copy the file again; if it is whole, report the format."
        raise RejectedCalculation(file, found, remedy) from error
