"""What of a history is still as it was sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loop.errors import DamagedCycleError, HistoryError
from loop.history import index
from loop.history.cycle_file import read_chain, read_cycle
from loop.history.digest import FIRST, chained, record_digest
from loop.history.header_file import damaged_headers
from loop.history.layout import cycle_path, header_revisions
from loop.history.seal import REMEDY


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The state of every file of a history.

    Parameters
    ----------
    whole
        Cycles that are as they were sealed.
    damaged
        What is wrong with a cycle, by its number.
    missing
        Cycles that were sealed and whose file is gone.
    headers
        What is wrong with a header file, by path; its twin may still be whole.
    """

    whole: tuple[int, ...] = ()
    damaged: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    headers: Mapping[Path, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged or missing."""
        return not (self.damaged or self.missing or self.headers)

    def __str__(self) -> str:
        lines = [f"{len(self.whole)} cycles are as they were sealed"]
        lines += [f"cycle {number} is damaged: {text}" for number, text in self.damaged.items()]
        lines += [f"cycle {number} is missing" for number in self.missing]
        lines += [f"header: {text}" for text in self.headers.values()]
        return "\n".join(lines)


def verify(folder: Path, numbers: Sequence[int]) -> Verification:
    """Read every file and check it against its seal, its digest and the cycle before it.

    Parameters
    ----------
    folder, numbers
        Of the history.

    Returns
    -------
    Verification
        What is damaged or missing.
    """
    damaged: dict[int, str] = {}
    chain = FIRST if numbers and numbers[0] == 0 else None
    for number in numbers:
        # Across a gap nothing can be said of the cycle before.
        chain = chain if number - 1 in (-1, *damaged) or number - 1 in numbers else None
        try:
            chain = _checked(cycle_path(folder, number), number, chain)
        except HistoryError as error:
            damaged[number], chain = str(error), None
    known = {*index.recorded(folder), *range(max(numbers, default=-1))}
    headers = [damaged_headers(folder, revision) for revision in header_revisions(folder)]
    return Verification(
        whole=tuple(number for number in numbers if number not in damaged),
        damaged=damaged,
        missing=tuple(sorted(known - {*numbers})),
        headers={path: text for each in headers for path, text in each.items()},
    )


def _checked(path: Path, number: int, chain: str | None) -> str:
    previous, digest = read_chain(path)
    if record_digest(read_cycle(path, number)) != digest:
        raise DamagedCycleError(f"{path}: what is read is not what was sealed. {REMEDY}")
    if chain not in (None, previous):
        raise DamagedCycleError(
            f"{path}: does not follow the cycle before it; one of the two is from another run. {REMEDY}"
        )
    return chained(previous, digest)
