"""How a campaign stands, as one small picture: measured against predicted, best so far."""

from __future__ import annotations

import io

from loop.figures.parity import draw_parity
from loop.figures.progress import draw_progress
from loop.figures.style import house_style
from loop.knowledge import Knowledge

DOTS_PER_INCH = 80


def snapshot(knowledge: Knowledge) -> bytes:
    """Draw a PNG of some 25 kB.

    Parameters
    ----------
    knowledge
        What is known.
    """
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(8.4, 3.4))
        parity, progress = figure.subplots(1, 2)
        draw_parity(parity, knowledge)
        draw_progress(progress, knowledge, None)
        progress.set_title("Best so far")
        file = io.BytesIO()
        figure.savefig(
            file, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None}, pil_kwargs={"optimize": True}
        )
        return file.getvalue()
