"""The numbers behind figures, as plain frozen tables; no matplotlib. Whoever draws (report, live page) draws these."""

from loop.figures.data.band import Band, band
from loop.figures.data.corners import Corners, corners
from loop.figures.data.foretold import Foretold, foretold
from loop.figures.data.innovations import EDGES, LEVELS, Innovations, innovations, nominal
from loop.figures.data.leading import leading
from loop.figures.data.moment import Moment
from loop.figures.data.nearby import Nearby
from loop.figures.data.parity import Parity, parity
from loop.figures.data.plane import Plane, plane
from loop.figures.data.progress import Progress, progress
from loop.figures.data.spend import Spend, spend
from loop.figures.data.table import Column, Table, column

__all__ = [
    "EDGES",
    "LEVELS",
    "Band",
    "Column",
    "Corners",
    "Foretold",
    "Innovations",
    "Moment",
    "Nearby",
    "Parity",
    "Plane",
    "Progress",
    "Spend",
    "Table",
    "band",
    "column",
    "corners",
    "foretold",
    "innovations",
    "leading",
    "nominal",
    "parity",
    "plane",
    "progress",
    "spend",
]
