"""How the last values of each slot were judged: learned from, or put aside because nobody could foretell them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from loop.records import CycleRecord

KEPT = 200
"""Cycles of a slot that are remembered; at least as many values, since a cycle without any is not counted."""


@dataclass(frozen=True)
class Judged:
    """What a slot handed over in one cycle; in which order, nobody knows.

    Parameters
    ----------
    cycle
        That took it in.
    believed
        How many values were learned from.
    suspicious
        Ids of those whose innovation was too large to believe.
    """

    cycle: int
    believed: int
    suspicious: frozenset[str]


def judged_after(before: Mapping[str, tuple[Judged, ...]], record: CycleRecord) -> dict[str, tuple[Judged, ...]]:
    """Remember what came in, and what people decide afterwards: that a value is believed after all.

    Parameters
    ----------
    before
        The last cycles by slot, oldest first.
    record
        Of the cycle that comes next.
    """
    match record.summary.get("refold"):
        case None:
            arrived = _arrived(record)
            return {**before, **{slot: (*before.get(slot, ()), each)[-KEPT:] for slot, each in arrived.items()}}
        case "acceptance":
            accepted = frozenset(item.id for item in record.observations)
            return {slot: tuple(_without(each, accepted) for each in values) for slot, values in before.items()}
        case _:
            return dict(before)


def _arrived(record: CycleRecord) -> dict[str, Judged]:
    believed = Counter(item.provenance.adapter for item in record.observations)
    suspicious: defaultdict[str, set[str]] = defaultdict(set)
    for item in record.quarantined:
        # What is put aside for another reason, a unit or a failure, says nothing of how values agree.
        if item.z_score is not None:
            suspicious[item.provenance.adapter].add(item.id)
    slots = sorted(believed.keys() | suspicious.keys())
    return {slot: Judged(record.number, believed[slot], frozenset(suspicious[slot])) for slot in slots}


def _without(judged: Judged, accepted: frozenset[str]) -> Judged:
    found = judged.suspicious & accepted
    return replace(judged, believed=judged.believed + len(found), suspicious=judged.suspicious - found)
