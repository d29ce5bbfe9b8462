"""Figures inside the page, as vectors, under a caption that says what is seen."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from loop.figures.data import Table, column
from loop.figures.gallery import NARROW, Drawing
from loop.figures.page.account import Account
from loop.figures.page.markup import paragraph
from loop.figures.progress import draw_progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pictures(account: Account, *names: str) -> str:
    """Some of the campaign's figures; of those that cannot be drawn, why.

    Parameters
    ----------
    account
        What is reported.
    names
        Of the figures, see :data:`loop.figures.gallery.MAKERS`.
    """
    shown = account.gallery
    drawn = "".join(picture(shown.drawings[name]) for name in names if name in shown.drawings)
    return drawn + "".join(
        paragraph(f"No figure of {name}: {shown.lacking[name]}.", "of") for name in names if name in shown.lacking
    )


def against_chance(account: Account) -> str:
    """Best so far against what chance would have found; nothing where nobody knows what there was to find."""
    known, truth = account.knowledge, account.truth
    if not truth or not known.worths:
        return ""

    def draw(figure: Figure) -> None:
        draw_progress(figure.subplots(), known, truth)

    best = Table("Best so far", (column("best measured", known.best_so_far(), known.unit),))
    caption = "The best measured so far. Dashed: what drawing at random would be expected to have found."
    return picture(Drawing("chance", "Best so far against chance", caption, NARROW, 64.0, draw, {"": best}))


def picture(drawing: Drawing) -> str:
    """One figure with its caption."""
    source = base64.b64encode(drawing.rendered("svg")).decode("ascii")
    image = f'<img alt="{escape(drawing.title)}" src="data:image/svg+xml;base64,{source}">'
    size = "narrow" if drawing.width <= NARROW else "wide"
    words = f"<b>{escape(drawing.title)}.</b> {escape(drawing.caption)}"
    return f'<figure class="{size}">{image}<figcaption>{words}</figcaption></figure>\n'
