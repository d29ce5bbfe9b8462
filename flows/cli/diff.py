"""``douka diff``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from flows.cli.output import console, print_json
from flows.cli.places import find_history
from loop.differing import Differing, differing
from loop.history import History

DIFFERENT = 1
_SHOWN = 12


def diff_command(first: str, second: str, rtol: float, *, as_json: bool) -> None:
    """Compare two histories; exit 1 where they differ."""
    with History.open(find_history(first)) as one, History.open(find_history(second)) as other:
        found = differing(one, other, rtol)
    if as_json:
        print_json(_as_json(found))
    else:
        for line in _lines(found, first, second):
            console.print(line)
    if not found.is_equal:
        sys.exit(DIFFERENT)


def _lines(found: Differing, first: str, second: str) -> list[str]:
    lines = [f"campaign   {change}" for change in found.keys]
    if found.text_differs and not found.keys:
        lines.append("campaign   the same but for comments or layout")
    for name, cycles in ((first, found.only_first), (second, found.only_second)):
        lines += [f"cycles     {_numbers(cycles)} only in {name}"] if cycles else []
    if found.cycle is not None:
        lines.append(f"cycle {found.cycle:<4} is the first of {found.common} common ones that differs:")
        lines += [f"             {_quantity(each)}" for each in found.quantities[:_SHOWN]]
        more = len(found.quantities) - _SHOWN
        lines += [f"             … and {more} more"] if more > 0 else []
    elif found.common:
        lines.append(f"cycles     {found.common} common ones are equal")
    same = "equal" if found.digests[0] == found.digests[1] else "not equal"
    return [*lines, f"digests    {same}: {found.digests[0][:16]}… and {found.digests[1][:16]}…"]


def _quantity(difference: object) -> str:
    return str(difference).partition(": ")[2]


def _numbers(cycles: Sequence[int]) -> str:
    if len(cycles) > 2 and cycles[-1] - cycles[0] == len(cycles) - 1:
        return f"{cycles[0]} to {cycles[-1]}"
    return ", ".join(map(str, cycles))


def _as_json(found: Differing) -> dict[str, object]:
    return {
        "equal": found.is_equal,
        "digests": list(found.digests),
        "campaign": [{"key": change.key, "first": change.old, "second": change.new} for change in found.keys],
        "campaign_text_differs": found.text_differs,
        "common_cycles": found.common,
        "only_first": list(found.only_first),
        "only_second": list(found.only_second),
        "first_different_cycle": found.cycle,
        "quantities": [
            {"quantity": each.quantity, "first": each.first, "second": each.second} for each in found.quantities
        ],
    }
