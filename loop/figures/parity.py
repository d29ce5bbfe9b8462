"""Measured against predicted beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.figures.style import BLUE, GREY, shown_unit
from loop.knowledge import Knowledge

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_parity(axes: Axes, knowledge: Knowledge) -> None:
    """Draw every measured value over what was predicted when it was asked for, with the scatter about the diagonal."""
    unit = shown_unit(knowledge.target_unit)
    axes.set_title("Measured against predicted beforehand")
    axes.set_xlabel(f"predicted when asked for ({unit}), ± 1 standard deviation")
    axes.set_ylabel(f"measured ({unit})")
    pairs = [(e, o.value) for e, o in zip(knowledge.foretold, knowledge.measured, strict=True) if e is not None]
    if not pairs:
        axes.text(0.5, 0.5, "nothing predicted yet", ha="center", va="center", color=GREY, transform=axes.transAxes)
        return
    mean = np.array([estimate.mean for estimate, _ in pairs])
    deviation = np.array([estimate.deviation for estimate, _ in pairs])
    values = np.array([value for _, value in pairs])
    ends = np.array([min(mean.min(), values.min()), max(mean.max(), values.max())])
    ends += np.array([-0.06, 0.06]) * (np.ptp(ends) or 1.0)
    band = 2 * knowledge.scatter
    axes.fill_between(ends, ends - band, ends + band, color=GREY, alpha=0.15, linewidth=0, label="± 2 × scatter")
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    axes.errorbar(mean, values, xerr=deviation, fmt="o", color=BLUE, markersize=4, elinewidth=0.8, alpha=0.8)
    axes.set_xlim(*ends)
    axes.set_ylim(ends[0] - band, ends[1] + band)
    axes.legend(loc="upper left")
