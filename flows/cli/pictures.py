"""Files that a command draws to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.errors import CampaignError

FORMATS = (".png", ".pdf", ".svg")


def drawable(file: Path, option: str = "--out") -> Path:
    """Refuse a file that cannot be drawn, before anything is computed; ``option`` names another one.

    Raises
    ------
    CampaignError
        For another format, or a folder that is not there.
    """
    if file.suffix not in FORMATS:
        raise CampaignError(f"{file}: cannot draw that format, expected one of {', '.join(FORMATS)}")
    if not file.parent.is_dir():
        raise CampaignError(f"{file}: there is no folder {file.parent}; make it, or choose another file with {option}")
    return file


@contextmanager
def writing(file: Path, option: str = "--out") -> Iterator[None]:
    """Say what is wrong where the file cannot be written; ``option`` names another one."""
    try:
        yield
    except OSError as error:
        raise CampaignError(
            f"{file}: cannot be written ({error.strerror}); choose another file with {option}"
        ) from error
