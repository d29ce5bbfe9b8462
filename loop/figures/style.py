"""How figures look: sizes, fonts, and colours that colour-blind readers tell apart (Okabe and Ito)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#6b6b6b"
PURPLE, SKY = "#CC79A7", "#56B4E9"

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


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house's style, without a screen, and leave matplotlib as it was."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


def shown_unit(unit: str) -> str:
    """Write a unit for a reader: ``μB`` for ``muB``, ``·`` for ``.``."""
    return unit.replace("muB", "μB")


def shown_formula(label: str) -> str:
    """Write a formula with subscripts, in matplotlib's notation; other labels stay as they are."""
    if not re.fullmatch(r"([A-Z][a-z]?[\d.]*)+", label):
        return label
    return re.sub(r"([\d.]+)", r"$_{\1}$", label)
