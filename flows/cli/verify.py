"""``douka verify``."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli.output import console, print_json
from flows.cli.places import find_history
from loop.errors import DamagedCycleError
from loop.history import History, Verification
from loop.history.layout import cycle_path

DAMAGED = 1
_REMEDY = (
    "Put each file named above back from a copy of the history; until then everything else stays readable, and "
    "nothing is sealed over it."
)


def verify_command(name: str, history: Path | None, *, as_json: bool) -> None:
    """Check every sealed file; exit 1 where one is damaged or missing."""
    path = find_history(name, history)
    try:
        with History.open(path) as kept:
            found, digest = kept.verify(), ""
            if found.ok:
                digest = kept.digest()
    except DamagedCycleError as error:
        # Both files of a header are damaged: without it the cycles have no meaning.
        found, digest = Verification(headers={path / "headers": str(error)}), ""
    if as_json:
        print_json(_as_json(path, found, digest))
    else:
        _print(path, found, digest)
    if not found.ok:
        sys.exit(DAMAGED)


def _print(path: Path, found: Verification, digest: str) -> None:
    if found.ok:
        console.print(f"{path}: {len(found.whole)} cycles are as they were sealed; digest {digest}")
        return
    console.print(f"{path}: not as it was sealed; {len(found.whole)} cycles are whole")
    lines = [f"cycle {number} is damaged: {text}" for number, text in found.damaged.items()]
    lines += [f"cycle {number} is missing: {cycle_path(path, number)}" for number in found.missing]
    lines += [f"header: {text}" for text in found.headers.values()]
    for line in lines:
        console.print(f"  {line}")
    console.print(_REMEDY)


def _as_json(path: Path, found: Verification, digest: str) -> dict[str, object]:
    return {
        "history": str(path),
        "ok": found.ok,
        "digest": digest or None,
        "whole": len(found.whole),
        "damaged": {str(number): text for number, text in found.damaged.items()},
        "missing": {str(number): str(cycle_path(path, number)) for number in found.missing},
        "headers": {str(file): text for file, text in found.headers.items()},
    }
