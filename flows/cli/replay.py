"""``douka replay``."""

from __future__ import annotations

import sys

from flows.cli.failing import BAD_INPUT
from flows.cli.output import console
from flows.cli.places import find_history
from loop.history import History
from loop.replay import replay

DIFFERENT = 1


def replay_command(name: str, until: int | None, rtol: float) -> None:
    """Do a history again; exit 1 where anything comes out differently."""
    path = find_history(name)
    with History.open(path) as history:
        done = 0
        for again in replay(history, until=until, rtol=rtol):
            done += 1
            if again.differences:
                console.print(f"{path}: not equal; the first difference is in cycle {again.number}:")
                for difference in again.differences[:10]:
                    console.print(f"  {difference}", markup=False)
                sys.exit(DIFFERENT)
        if done == 0:
            console.print(f"{path}: holds no cycles")
            sys.exit(BAD_INPUT)
        words = "bit by bit" if rtol == 0 else f"within a relative {rtol:g}"
        console.print(f"{path}: {done} cycles done again, equal {words}; digest {history.digest()}")
