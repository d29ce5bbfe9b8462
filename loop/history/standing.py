"""How many values are learned from and put aside, cycle by cycle, as the index tells it."""

from __future__ import annotations

import json
import sqlite3


def standing(index: sqlite3.Connection) -> list[tuple[int, int]]:
    """Count what is learned from and what is put aside after each cycle, as :class:`loop.state.State` holds them.

    A cycle adds to both, unless its summary says ``refold``: a value that was accepted or taken back changes sides,
    and a migration says anew what is learned from.

    Parameters
    ----------
    index
        Up to date.

    Returns
    -------
    list
        Both numbers after each indexed cycle; what a damaged one held is not counted.
    """
    rows = index.execute(
        "SELECT observations, quarantined, CASE WHEN summary LIKE '%\"refold\"%' THEN summary END "
        "FROM cycle ORDER BY number"
    )
    learned, aside, counts = 0, 0, list[tuple[int, int]]()
    for came, refused, summary in rows:
        match json.loads(summary)["refold"] if summary else None:
            case "migration":
                learned, aside = came, aside + refused
            case "retraction":
                learned, aside = learned - refused, aside + refused
            case "acceptance":
                learned, aside = learned + came, aside - came
            case "rejection":
                pass
            case _:
                learned, aside = learned + came, aside + refused
        counts.append((learned, aside))
    return counts
