"""With what confidence, and which data were refused."""

from __future__ import annotations

import math

from loop.figures.data import LEVELS, Innovations, innovations, nominal
from loop.figures.gallery.calibration import share_interval
from loop.figures.page.account import Account
from loop.figures.page.markup import items, pairs, paragraph, section, table
from loop.figures.page.pictures import pictures
from loop.figures.style import shown_unit
from loop.knowledge import Knowledge
from loop.quantity import plain
from loop.records import Quarantined, Status

_WORDS = {1.0: "1 standard deviation", 2.0: "2 standard deviations"}

_MEANING = (
    "A predicted value is the expectation of the noise-free quantity; ± is one standard deviation. It includes what is "
    "not known of the model's parameters, but not that its basis or structure may be wrong: it rests on experiment = "
    "C · calculation + discrepancy, and where no measurement is near it is as good as the form of that discrepancy. "
    "The best of many noisy values tends to be a lucky one: believe the prediction rather than the largest measurement."
)


def confidence_section(account: Account) -> str:
    """How far predictions made beforehand were right, and what the intervals mean."""
    known, foretold = account.knowledge, innovations(account.moment)
    rows = [("scatter of one measurement about the model", _scatter(known)), *_coverage(foretold)]
    told = items(f"The model says: {text}" for text in known.messages)
    return section(
        "With what confidence",
        pairs(rows),
        paragraph(_judgement(foretold)),
        paragraph(_MEANING),
        told,
        pictures(account, "calibration", "parity"),
    )


def refused_section(account: Account) -> str:
    """What was put aside with its reason, and requests that failed."""
    aside = [(item.label, _value(item), item.reason, item.verdict or item.remedy) for item in account.state.quarantine]
    lost = [
        (each.label, each.adapter, each.status.value)
        for each in account.knowledge.requests
        if each.status in {Status.FAILED, Status.UNKNOWN, Status.CANCELLED}
    ]
    none = "" if aside else paragraph("None: every value that came in was learned from.")
    return section(
        "Which data were refused",
        none,
        table("Put aside: kept, not learned from", ("what", "value", "why", "verdict, or what to do"), aside),
        table("Requests without an answer", ("what", "of whom", "status"), lost),
    )


def _scatter(known: Knowledge) -> str:
    known_unit = shown_unit(known.target_unit)
    return "no model yet" if math.isnan(known.scatter) else f"{known.scatter:.2g} {known_unit}"


def _coverage(shown: Innovations) -> list[tuple[str, str]]:
    """Of values that were foretold, how many came within so many standard deviations, noise included."""
    count = len(shown.z)
    if not count:
        return [("foretold and then measured", "none")]
    rows = [("foretold and then measured", f"{count} values")]
    for level in LEVELS:
        within = round(float(shown.coverage(level)[-1]) * count)
        low, high = share_interval(within, count)
        share = (
            f"{within} of {count}: {100 * within / count:.0f} %, 95 % interval {100 * low:.0f} to {100 * high:.0f} %"
        )
        rows.append((f"  came within {_WORDS[level]}", f"{share}; expected {100 * nominal(level):.1f} %"))
    return rows


def _judgement(shown: Innovations) -> str:
    """Say what the count allows to say, and no more."""
    count = len(shown.z)
    if not count:
        return "Whether the intervals are right cannot be told yet: no measured value was foretold when asked for."
    off = [level for level in LEVELS if not _is_consistent(shown, level)]
    refused = f" {shown.refused} values that were refused for their distance are not counted." if shown.refused else ""
    if not off:
        return f"These {count} values do not contradict the stated standard deviations.{refused}"
    low = shown.coverage(off[0])[-1] < nominal(off[0])
    return (
        f"These {count} values contradict the stated standard deviations: they are too "
        f"{'small: trust them less' if low else 'large: the model knows more than it says'}.{refused}"
    )


def _is_consistent(shown: Innovations, level: float) -> bool:
    count = len(shown.z)
    low, high = share_interval(round(float(shown.coverage(level)[-1]) * count), count)
    return low <= nominal(level) <= high


def _value(item: Quarantined) -> str:
    return f"{plain(item.value)} {shown_unit(item.unit)}"
