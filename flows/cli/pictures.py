"""Files that a command draws to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.errors import CampaignError

FORMATS = (".png", ".pdf", ".svg")


def drawable(file: Path, option: str = "--out", formats: tuple[str, ...] = ()) -> Path:
    """Refuse a file that cannot be drawn, before anything is computed.

    Parameters
    ----------
    file
        Where to.
    option
        Names another one.
    formats
        Suffixes that are possible beside those of pictures.

    Raises
    ------
    CampaignError
        For another format, or a folder that is not there.
    """
    possible = (*formats, *FORMATS)
    if file.suffix not in possible:
        raise CampaignError(f"{file}: cannot draw that format, expected one of {', '.join(possible)}")
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
