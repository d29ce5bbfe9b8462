"""What a reading would be without a certain mistake."""

from __future__ import annotations

from dataclasses import dataclass

from loop.innovation.reading import Reading


@dataclass(frozen=True)
class Alternative:
    """A reading as it may have been meant.

    Parameters
    ----------
    kind
        Of the mistake, for tables: ``"another compound"``, ``"unit"``, ``"columns"``, ``"sign"``, ``"decimal point"``,
        ``"digits"``.
    words
        What the mistake would be, in words that follow "likely".
    meant
        The readings as they would be without it; all of them must fit what is foretold.
    tries
        How many alternatives of the kind were looked at, so that one of many does not fit by chance.
    """

    kind: str
    words: str
    meant: tuple[Reading, ...]
    tries: int = 1
