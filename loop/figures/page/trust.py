"""With what confidence, and which data were refused."""

from __future__ import annotations

import math

from loop.figures.page.account import Account
from loop.figures.page.markup import items, pairs, paragraph, section, table
from loop.figures.style import shown_unit
from loop.knowledge import Knowledge
from loop.quantity import plain
from loop.records import Quarantined, Status

_NOMINAL = ((1.0, "1 standard deviation", 68.3), (2.0, "2 standard deviations", 95.4))

_MEANING = (
    "A predicted value is the expectation of the noise-free quantity; ± is one standard deviation. It includes what is "
    "not known of the model's parameters, but not that its basis or structure may be wrong: it rests on experiment = "
    "C · calculation + discrepancy, and where no measurement is near it is as good as the form of that discrepancy. "
    "The best of many noisy values tends to be a lucky one: believe the prediction rather than the largest measurement."
)


def confidence_section(account: Account) -> str:
    """How far predictions made beforehand were right, and what the intervals mean."""
    known = account.knowledge
    rows = [("scatter of one measurement about the model", _scatter(known)), *_coverage(known)]
    told = items(f"The model says: {text}" for text in known.messages)
    return section("With what confidence", pairs(rows), paragraph(_MEANING), told)


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


def _coverage(known: Knowledge) -> list[tuple[str, str]]:
    """Of values that were foretold, how many came within so many standard deviations, noise included."""
    z = [
        abs(one.value - guess.mean) / spread
        for one, guess in zip(known.measured, known.foretold, strict=True)
        if guess is not None and (spread := math.hypot(guess.deviation, one.uncertainty or 0.0, _noise(known))) > 0
    ]
    if not z:
        return [("foretold and then measured", "none")]
    rows = [("foretold and then measured", f"{len(z)} values")]
    for limit, words, nominal in _NOMINAL:
        within = sum(each <= limit for each in z)
        share = f"{within} of {len(z)} ({100 * within / len(z):.0f} %; {nominal:g} % expected)"
        rows.append((f"  came within {words}", share))
    return rows


def _noise(known: Knowledge) -> float:
    return 0.0 if math.isnan(known.scatter) else known.scatter


def _value(item: Quarantined) -> str:
    return f"{plain(item.value)} {shown_unit(item.unit)}"
