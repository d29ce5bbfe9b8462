"""All figures of a campaign at a moment, and why some cannot be drawn yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from loop.figures.data import Moment
from loop.figures.gallery.bands import bands_drawing
from loop.figures.gallery.calibration import calibration_drawing
from loop.figures.gallery.drawing import Drawing
from loop.figures.gallery.lacking import LackingError
from loop.figures.gallery.map import map_drawing
from loop.figures.gallery.parity import parity_drawing
from loop.figures.gallery.progress import progress_drawing
from loop.figures.gallery.spend import spend_drawing

MAKERS: Mapping[str, Callable[[Moment], Drawing]] = {
    "progress": progress_drawing,
    "bands": bands_drawing,
    "map": map_drawing,
    "parity": parity_drawing,
    "calibration": calibration_drawing,
    "spend": spend_drawing,
}
"""By name, in the order of a report."""


@dataclass(frozen=True)
class Gallery:
    """Figures of a campaign.

    Parameters
    ----------
    drawings
        Those that can be drawn, by name.
    lacking
        Why others cannot, by name.
    """

    drawings: Mapping[str, Drawing]
    lacking: Mapping[str, str]


def gallery(moment: Moment, wanted: Iterable[str] = tuple(MAKERS)) -> Gallery:
    """Make figures ready to be drawn.

    Parameters
    ----------
    moment
        As of when.
    wanted
        Their names; all if not given.
    """
    drawings: dict[str, Drawing] = {}
    lacking: dict[str, str] = {}
    for name in wanted:
        try:
            drawings[name] = MAKERS[name](moment)
        except LackingError as reason:
            lacking[name] = str(reason)
    return Gallery(drawings, lacking)
