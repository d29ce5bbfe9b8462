"""What was learned from: every value by the cycle that it came in with, who it is from told by colour and shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flows.page.figures.house import COLOURS, GREY, SYMBOLS, Json, bracketed, cycles, figure, numbers
from flows.page.seen import Seen
from loop.figures.style import shown_unit
from loop.model import laboratory_of
from loop.records import Observation

_LONGEST = 26
"""Letters of a name in a legend."""


def origin(one: Observation) -> str:
    """Who a value is from: the laboratory, the publication, or the slot that handed it over."""
    return laboratory_of(one) or one.provenance.adapter


def values(seen: Seen, target: str) -> Json:
    """Draw the values of one target."""
    own = seen.state.values_of(target)
    told = [name for name, _ in Counter(origin(one) for one in own).most_common(len(COLOURS) - 1)]
    groups = [(name, [one for one in own if origin(one) == name]) for name in told]
    rest = [one for one in own if origin(one) not in told]
    data = [
        _trace(seen, name, items, colour, symbol)
        for (name, items), colour, symbol in zip(groups, COLOURS, SYMBOLS, strict=False)
    ]
    data += [_trace(seen, "others", rest, GREY, "circle-open")] if rest else []
    unit = shown_unit(seen.campaign.table.targets[target].unit)
    return figure(data, cycles(seen.count - 1), {"title": bracketed(target, unit)}, height=300)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip(" (,") + "…"


def _trace(seen: Seen, name: str, items: Sequence[Observation], colour: str, symbol: str) -> Json:
    return {
        "type": "scatter", "mode": "markers", "name": _short(name),
        "x": [seen.came_in.get(one.id, seen.cycle) for one in items], "y": numbers(one.value for one in items),
        "error_y": {"type": "data", "array": numbers(one.uncertainty or 0.0 for one in items), "thickness": 1},
        "text": [f"{one.label}, {origin(one)}" for one in items],
        "hovertemplate": "%{text}<br>%{y} in cycle %{x}<extra></extra>",
        "marker": {"color": colour, "symbol": symbol, "size": 7, "opacity": 0.8},
    }  # fmt: skip
