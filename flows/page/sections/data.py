"""What was learned from, by source and laboratory."""

from __future__ import annotations

from collections import defaultdict

from flows.page.figures.data import origin, values
from flows.page.sections.plot import plot
from flows.page.seen import Seen
from loop.figures.page.markup import table
from loop.figures.style import shown_unit
from loop.quantity import plain
from loop.records import Observation

_COLUMNS = ("quantity", "source", "from", "values", "smallest", "largest", "last in cycle")


def data_section(seen: Seen) -> str:
    """A figure of each target, and who gave how much."""
    targets = seen.campaign.table.targets
    figures = "".join(
        plot(f"data-{name}", values(seen, name), f"{target.source}: {target.description or name}.")
        for name, target in targets.items()
        if seen.state.values_of(name)
    )
    return f'<div class="two">{figures}</div>' + table("Values by source", _COLUMNS, _rows(seen))


def _rows(seen: Seen) -> list[tuple[str, ...]]:
    groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in seen.state.observations:
        groups[one.target, origin(one)].append(one)
    places = {name: place for place, name in enumerate(seen.campaign.table.targets)}
    order = sorted(groups.items(), key=lambda group: (places.get(group[0][0], -1), -len(group[1])))
    return [_row(seen, target, who, items) for (target, who), items in order]


def _row(seen: Seen, target: str, who: str, items: list[Observation]) -> tuple[str, ...]:
    table_ = seen.campaign.table.targets[target]
    unit = shown_unit(table_.unit)
    low, high = (f"{plain(pick(one.value for one in items))} {unit}".strip() for pick in (min, max))
    last = max(seen.came_in.get(one.id, 0) for one in items)
    return (target, table_.source.value, who, str(len(items)), low, high, str(last))
