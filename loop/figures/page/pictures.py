"""Figures inside the page, as vectors, under a caption that says what is seen."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from loop.figures.page.account import Account
from loop.figures.parity import draw_parity
from loop.figures.progress import draw_progress
from loop.figures.style import house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Letters as outlines: the reader's machine need not have the font. No date, a fixed salt: same history, same bytes.
_SVG: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "douka"}


def pictures(account: Account) -> str:
    """Measured against predicted beside best so far."""
    known, truth = account.knowledge, account.truth
    chance = " Dashed: what drawing at random would be expected to have found." if truth else ""
    return (
        '<div class="two">'
        + _figure(
            lambda axes: draw_parity(axes, known), "Measured values over what was predicted when they were asked for."
        )
        + _figure(lambda axes: draw_progress(axes, known, truth), f"The best measured so far.{chance}")
        + "</div>"
    )


def _figure(draw: Callable[[Axes], None], caption: str) -> str:
    source = base64.b64encode(_drawn(draw)).decode("ascii")
    image = f'<img alt="{escape(caption)}" src="data:image/svg+xml;base64,{source}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def _drawn(draw: Callable[[Axes], None]) -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with house_style(), mpl.rc_context(_SVG):
        figure = Figure(figsize=(5.0, 4.2))
        draw(figure.subplots())
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()
