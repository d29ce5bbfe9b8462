"""``douka scan``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from adapters.dft import Calculation
from adapters.dft.scanning import Scanned, scan
from flows.cli.output import aside, print_json, print_pairs, print_table
from loop.errors import DataError
from loop.quantity import plain


def scan_command(folder: Path, index: Path | None, workers: int | None, quiet_seconds: float, *, as_json: bool) -> None:
    """Read a tree of calculations and list what was accepted and what was not."""
    if not folder.is_dir():
        raise DataError(f"{folder}: is no folder; expected one that holds calculation folders, at any depth")
    bars = Progress(
        TextColumn("reading calculations"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("folders"),
        TimeRemainingColumn(),
        console=aside,
        transient=True,
        disable=not aside.is_terminal,
    )
    with bars:
        found = scan(folder, index=index, workers=workers, quiet_seconds=quiet_seconds, progress=_shown(bars))
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)


def _shown(bars: Progress) -> Callable[[int, int], None]:
    task = bars.add_task("scan", total=None)
    return lambda done, total: bars.update(task, completed=done, total=total)


def _print(found: Scanned) -> None:
    print_table(
        "Accepted",
        ("where", "what", "μB/cell", "Å³/cell", "how"),
        [_row(one, found.folder) for one in found.accepted],
    )
    print_table(
        "Rejected",
        ("where", "why", "what to do"),
        [(_where(one.file, found.folder), one.reason, one.remedy) for one in found.rejected],
    )
    codes = Counter(one.code for one in found.accepted)
    pairs = [
        ("accepted", f"{len(found.accepted)}" + (f" ({_counts(codes)})" if codes else "")),
        ("rejected", str(len(found.rejected))),
        ("waiting", f"{len(found.waiting)} (changed a moment ago)" if found.waiting else "0"),
        ("other folders", str(found.others)),
        ("read now", f"{found.read} folders; {found.unchanged} unchanged"),
    ]
    print_pairs(f"{found.folder}", pairs)


def _row(one: Calculation, folder: Path) -> tuple[str, ...]:
    how = [f"{one.code} {one.code_version}", one.functional]
    how += [f"k {'×'.join(map(str, one.k_mesh))}"] if one.k_mesh else []
    how += ["moment imposed"] if one.moment_is_fixed else []
    how += [f"4f frozen: {', '.join(one.frozen_4f)}"] if one.frozen_4f else []
    where = _where(one.path, folder)
    return where, one.formula, plain(one.moment_per_cell), plain(one.volume), "; ".join([*how, *one.remarks])


def _where(file: str, folder: Path) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file


def _counts(codes: Counter[str]) -> str:
    return ", ".join(f"{n} {code}" for code, n in sorted(codes.items()))


def _as_json(found: Scanned) -> dict[str, object]:
    return {
        "folder": str(found.folder),
        "accepted": [asdict(one) for one in found.accepted],
        "rejected": [{"file": one.file, "reason": one.reason, "remedy": one.remedy} for one in found.rejected],
        "waiting": [str(path) for path in found.waiting],
        "others": found.others,
        "read": found.read,
        "unchanged": found.unchanged,
    }
