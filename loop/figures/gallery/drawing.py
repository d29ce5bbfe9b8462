"""A figure that is ready to be drawn, with the numbers behind it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loop.figures.data import Table
from loop.figures.style import paper_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NARROW, WIDE = 86.0, 178.0
"""Widths of one column and of two, in mm."""
FORMATS = ("pdf", "svg", "png")
_MM = 25.4
_DPI = 300


@dataclass(frozen=True)
class Drawing:
    """One figure.

    Parameters
    ----------
    name
        Of its files.
    title, caption
        What it is, and what a reader sees.
    width, height
        In mm.
    draw
        Draws it.
    tables
        The numbers behind it, by what is added to its name for their file.
    """

    name: str
    title: str
    caption: str
    width: float
    height: float
    draw: Callable[[Figure], None]
    tables: Mapping[str, Table]

    def rendered(self, kind: str, source: str = "") -> bytes:
        """Draw it.

        Parameters
        ----------
        kind
            One of ``FORMATS``.
        source
            Where its numbers come from, kept within the file.

        Returns
        -------
        bytes
            The file; the same numbers give the same bytes. Letters are embedded (pdf) or outlines (svg).
        """
        from matplotlib.figure import Figure

        with paper_style():
            figure = Figure(figsize=(self.width / _MM, self.height / _MM))
            self.draw(figure)
            file = io.BytesIO()
            figure.savefig(file, format=kind, dpi=_DPI, metadata=_metadata(kind, self.title, source))
        return file.getvalue()


def _metadata(kind: str, title: str, source: str) -> dict[str, Any]:
    """What a file says of itself depends on what it shows, not on when it was made."""
    match kind:
        case "pdf":
            return {"Title": title, "Subject": source, "CreationDate": None, "ModDate": None}
        case "svg":
            return {"Title": title, "Description": source, "Date": None}
        case _:
            return {"Title": title, "Description": source}
