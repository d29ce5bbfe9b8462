"""What was spent, cycle by cycle, of whom."""

from __future__ import annotations

from flows.page.figures.house import COLOURS, Json, cycles, faint, figure, numbers
from loop.figures.data import Spend


def spent(found: Spend, last: int) -> Json:
    """Draw the cost of all that was asked, a layer a slot.

    Parameters
    ----------
    found
        The numbers.
    last
        Number of the newest cycle, to which the axis reaches.
    """
    data = [
        {
            "type": "scatter", "mode": "lines", "stackgroup": "one", "name": slot, "x": found.cycles.tolist(),
            "y": numbers(costs), "line": {"shape": "hv", "width": 1.5, "color": colour},
            "fillcolor": faint(colour, 0.45),
        }
        for slot, costs, colour in zip(found.slots, found.costs.T, COLOURS * len(found.slots), strict=False)
    ]  # fmt: skip
    return figure(data, cycles(last), {"title": f"spent so far ({found.unit})", "rangemode": "tozero"}, height=300)
