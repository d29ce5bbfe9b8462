"""``douka replay``."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli.bar import bar
from flows.cli.failing import BAD_INPUT
from flows.cli.output import console, print_json
from flows.cli.places import find_history
from loop.history import History
from loop.replay import Replayed, replay

DIFFERENT = 1
_SHOWN = 10


def replay_command(name: str, history: Path | None, until: int | None, rtol: float, *, as_json: bool = False) -> None:
    """Do a history again; exit 1 where anything comes out differently."""
    path = find_history(name, history)
    with History.open(path) as kept:
        done, different = _again(kept, until, rtol)
        digest = "" if different else kept.digest()
    if as_json:
        print_json(_as_json(path, done, rtol, digest, different))
    elif different:
        console.print(f"{path}: not equal; the first difference is in cycle {different.number}:")
        for difference in different.differences[:_SHOWN]:
            console.print(f"  {difference}")
    elif done == 0:
        console.print(f"{path}: holds no cycles")
    else:
        words = "bit by bit" if rtol == 0 else f"within a relative {rtol:g}"
        console.print(f"{path}: {done} cycles done again, equal {words}; digest {digest}")
    if different or done == 0:
        sys.exit(DIFFERENT if different else BAD_INPUT)


def _again(history: History, until: int | None, rtol: float) -> tuple[int, Replayed | None]:
    """Number of cycles done again, and the first that came out differently."""
    done = 0
    total = history.next_number if until is None else min(until + 1, history.next_number)
    with bar("doing cycles again", "cycles", total) as step:
        for again in replay(history, until=until, rtol=rtol):
            done += 1
            step()
            if again.differences:
                return done, again
    return done, None


def _as_json(path: Path, done: int, rtol: float, digest: str, different: Replayed | None) -> dict[str, object]:
    return {
        "history": str(path),
        "cycles": done,
        "rtol": rtol,
        "equal": different is None and done > 0,
        "digest": digest or None,
        "first_different_cycle": different and different.number,
        "differences": [str(each) for each in different.differences] if different else [],
    }
