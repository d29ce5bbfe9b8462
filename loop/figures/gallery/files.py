"""A drawing as files: pictures, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from loop.figures.data import Moment
from loop.figures.gallery.drawing import Drawing


def files_of(drawing: Drawing, formats: Sequence[str], moment: Moment) -> dict[str, bytes]:
    """Render a drawing.

    Parameters
    ----------
    drawing
        The figure.
    formats
        Of the pictures.
    moment
        What it was made of; every file names its campaign, cycle and digest.

    Returns
    -------
    dict
        Content by name of the file. The same history gives the same bytes.
    """
    remarks = source_of(moment)
    pictures = {f"{drawing.name}.{kind}": drawing.rendered(kind, "; ".join(remarks)) for kind in formats}
    tables = {
        f"{drawing.name}{'-' if name else ''}{name}.csv": table.csv(remarks).encode()
        for name, table in drawing.tables.items()
    }
    return pictures | tables


def source_of(moment: Moment) -> tuple[str, ...]:
    """Where numbers come from: campaign, cycle, digest, version."""
    when = "before its first cycle" if moment.cycle is None else f"after cycle {moment.cycle}"
    return (
        f"campaign {moment.campaign.name}, {when}",
        f"digest of the history until then: {moment.digest}",
        f"douka {version('douka')}",
    )
