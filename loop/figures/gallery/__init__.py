"""A campaign's figures for print: one column or two wide, vectors, with the numbers behind them."""

from loop.figures.gallery.drawing import FORMATS, NARROW, WIDE, Drawing
from loop.figures.gallery.files import files_of, source_of
from loop.figures.gallery.gallery import MAKERS, Gallery, gallery
from loop.figures.gallery.lacking import LackingError

__all__ = [
    "FORMATS",
    "MAKERS",
    "NARROW",
    "WIDE",
    "Drawing",
    "Gallery",
    "LackingError",
    "files_of",
    "gallery",
    "source_of",
]
