"""Where two histories differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loop.errors import CampaignError
from loop.history import Difference, History, compare
from loop.revising import campaign_at
from loop.revision import Change, changes


@dataclass(frozen=True)
class Differing:
    """What is not the same in two histories.

    Parameters
    ----------
    digests
        Of the two; equal for equal runs.
    keys
        Keys of the campaign files that say something else, as the campaigns stand now.
    text_differs
        Whether the two files differ at all, if only in comments.
    common
        Number of cycles that both have.
    only_first, only_second
        Cycles that one alone has.
    cycle
        First cycle that differs; None where all common ones are equal.
    quantities
        What differs in it.
    """

    digests: tuple[str, str]
    keys: tuple[Change, ...]
    text_differs: bool
    common: int
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]
    cycle: int | None
    quantities: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both say the same: cycles, quantities and campaign; comments do not count."""
        return not (self.keys or self.only_first or self.only_second or self.quantities)


def differing(first: History, second: History, rtol: float = 0.0) -> Differing:
    """Compare two histories, facts (times, hosts, versions) left aside.

    Parameters
    ----------
    first, second
        Open for reading.
    rtol
        Relative difference of real numbers that counts as none; 0 compares bit by bit.

    Raises
    ------
    DamagedCycleError
        Where a cycle that both have is damaged.
    """
    one, other = set(first.cycles), set(second.cycles)
    common = sorted(one & other)
    found = next(_unequal(first, second, common, rtol), ())
    return Differing(
        digests=(first.digest(), second.digest()),
        keys=_keys(first, second),
        text_differs=first.header.campaign_text != second.header.campaign_text,
        common=len(common),
        only_first=tuple(sorted(one - other)),
        only_second=tuple(sorted(other - one)),
        cycle=found[0].cycle if found else None,
        quantities=found,
    )


def _unequal(first: History, second: History, numbers: list[int], rtol: float) -> Iterator[tuple[Difference, ...]]:
    for number in numbers:
        differences = tuple(compare(first.read(number), second.read(number), rtol))
        if differences:
            yield differences


def _keys(first: History, second: History) -> tuple[Change, ...]:
    try:
        return changes(*(campaign_at(each, each.next_number).table for each in (first, second)))
    except CampaignError:
        # A campaign text of another version of douka; the texts are compared all the same.
        texts = (first.header.campaign_text, second.header.campaign_text)
        return () if texts[0] == texts[1] else (Change("the campaign file as a whole", *texts),)
