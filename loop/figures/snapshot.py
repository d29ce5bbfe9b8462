"""How a campaign stands, as one small picture: measured against predicted, best so far."""

from __future__ import annotations

import io

from loop.figures.parity import draw_parity
from loop.figures.progress import draw_progress
from loop.figures.style import house_style
from loop.knowledge import Knowledge

DOTS_PER_INCH = 80
COLOURS = 128
"""As many as make no visible difference, in a third of the bytes: each cycle's report holds a copy."""


def snapshot(knowledge: Knowledge) -> bytes:
    """Draw a PNG of some 20 kB.

    Parameters
    ----------
    knowledge
        What is known.
    """
    from matplotlib.figure import Figure
    from PIL import Image

    with house_style():
        figure = Figure(figsize=(8.4, 3.4))
        parity, progress = figure.subplots(1, 2)
        draw_parity(parity, knowledge)
        draw_progress(progress, knowledge, None)
        progress.set_title("Best so far")
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH)
    small = io.BytesIO()
    with Image.open(file) as drawn:
        drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()
