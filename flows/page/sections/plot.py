"""A figure's place in the page."""

from __future__ import annotations

import json
from html import escape

from flows.page.figures.house import Json


def plot(name: str, figure: Json, caption: str) -> str:
    """Give the place of a figure, its numbers for plotly.js, and its caption.

    Parameters
    ----------
    name
        Of the figure, once in a page.
    figure
        For plotly.js.
    caption
        What is seen; also read to those who do not see it.
    """
    # Inside a script element only "</" could end it.
    numbers = json.dumps(figure, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return (
        f'<figure><div class="plot" id="plot-{escape(name)}" role="img" aria-label="{escape(caption)}"></div>'
        f'<script type="application/json">{numbers}</script><figcaption>{escape(caption)}</figcaption></figure>'
    )
