"""How figures look: sizes, fonts, and colours that colour-blind readers tell apart (Okabe and Ito)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axis import Axis

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#6b6b6b"
PURPLE, SKY = "#CC79A7", "#56B4E9"
PALETTE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, "#000000")

_RC: dict[Any, Any] = {
    "font.size": 9.0,
    "font.family": ["DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.0,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
# Letters as outlines: the reader's machine need not have the font. A fixed salt: same numbers, same bytes.
_PAPER: dict[Any, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 6.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "douka",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house's style, without a screen, and leave matplotlib as it was."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


@contextmanager
def paper_style() -> Iterator[None]:
    """Draw for a printed column, letters of 6.5 to 8 points, the same bytes every time."""
    import matplotlib as mpl

    with house_style(), mpl.rc_context(_PAPER):
        yield


def whole_numbers(axis: Axis) -> None:
    """Put ticks at whole numbers only, for counts and cycles."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))


def shown_unit(unit: str) -> str:
    """Write a unit for a reader: ``μB`` for ``muB``, ``·`` for ``.``."""
    return unit.replace("muB", "μB")


def shown_formula(label: str) -> str:
    """Write a formula with subscripts, in matplotlib's notation; other labels stay as they are."""
    if not re.fullmatch(r"([A-Z][a-z]?[\d.]*)+", label):
        return label
    return re.sub(r"([\d.]+)", r"$_{\1}$", label)
