"""What was found: the words that can be quoted, the values, what would be asked next."""

from __future__ import annotations

import numpy as np

from loop.figures.page.account import Account
from loop.figures.page.asked import sought
from loop.figures.page.markup import paragraph, section, table
from loop.figures.page.pictures import against_chance, pictures
from loop.figures.style import shown_unit
from loop.knowledge import Estimate, Knowledge
from loop.quantity import plain, plus_minus
from loop.records import Observation, Source

_BEST, _NEXT = 10, 6


def summary(account: Account) -> str:
    """A paragraph that can be quoted as it stands."""
    return paragraph(quotable(account), "quote")


def quotable(account: Account) -> str:
    """What was asked, found and spent, in sentences."""
    known, campaign = account.knowledge, account.campaign
    text = (
        f"In a search for {sought(campaign)}, douka asked for {known.count(Source.EXPERIMENT)} measurements and "
        f"{known.count(Source.CALCULATION)} calculations in {account.state.next_cycle} cycles, at a cost of "
        f"{plain(known.spent)} {campaign.table.cost_unit}. {_best_measured(known)} {_best_predicted(known)} "
        f"{_end(account)}"
    )
    return " ".join(text.split())


def found_section(account: Account) -> str:
    """Figures, and the best measured samples."""
    return section(
        "What was found",
        pictures(account, "progress"),
        against_chance(account),
        pictures(account, "bands", "map"),
        _ranking(account.knowledge),
    )


def next_section(account: Account) -> str:
    """What would be asked next, and why."""
    known = account.knowledge
    if not known.upcoming:
        return section("What would come next", paragraph("Nothing: answers are outstanding, or all is asked."))
    experiments = [each for each in known.upcoming if each.source is Source.EXPERIMENT]
    others = [each for each in known.upcoming if each.source is Source.CALCULATION]
    rows = [(each.label, each.source.value, each.reason.text) for each in (experiments + others)[:_NEXT]]
    more = max(0, len(known.upcoming) - _NEXT)
    note = paragraph(f"And {more} more.") if more else ""
    return section("What would come next", table("Requests", ("what", "kind", "why"), rows), note)


def measured_section(account: Account) -> str:
    """Every measured value that was learned from, with its source."""
    known = account.knowledge
    rows = [
        (one.label, _value(one), "" if guess is None else _estimate(guess), one.provenance.laboratory, _source(one))
        for one, guess in zip(known.measured, known.foretold, strict=True)
    ]
    unit = shown_unit(known.target_unit)
    columns = ("what", f"measured ({unit})", f"foretold ({unit})", "laboratory", "source")
    return section("The measured values", table("In the order in which they came", columns, rows))


def _best_measured(known: Knowledge) -> str:
    best = known.best_measured
    if best is None:
        return "Nothing was measured that counts as a result."
    where = f", by {best.provenance.laboratory}" if best.provenance.laboratory else ""
    worth = ""
    if known.objective.worth is not None:
        worth = f", worth {plain(known.best_measured_worth)} {shown_unit(known.unit)}".rstrip()
    return f"The best measured sample is {best.label} with {_stated(known, best)}{where}{worth}."


def _stated(known: Knowledge, best: Observation) -> str:
    unit = shown_unit(known.target_unit)
    if best.uncertainty is not None:
        return f"{plus_minus(best.value, best.uncertainty)} {unit}"
    return f"{plus_minus(best.value, known.scatter)} {unit} (± is the scatter of one measurement about the model)"


def _best_predicted(known: Knowledge) -> str:
    if known.best_predicted is None:
        return "There is no model yet."
    unit = shown_unit(known.unit)
    return (
        f"The model predicts the best noise-free value for {known.best_predicted.label}: "
        f"{_estimate(known.best_predicted)} {unit}".rstrip()
        + " (± is one standard deviation)."
    )


def _end(account: Account) -> str:
    if account.state.is_over:
        return f"The campaign ended: {account.state.stopped}."
    waiting = len(account.state.open_requests)
    return f"The campaign goes on; {waiting} answers are outstanding." if waiting else "The campaign goes on."


def _ranking(known: Knowledge) -> str:
    if known.objective.worth is not None:
        return ""
    values = np.array([one.value for one in known.measured])
    best = np.argsort(-known.objective.utility(values), kind="stable")[:_BEST] if values.size else ()
    order = [known.measured[place] for place in best]
    rows = [(str(rank), one.label, _value(one), one.provenance.laboratory) for rank, one in enumerate(order, 1)]
    unit = shown_unit(known.target_unit)
    return table("The best measured samples", ("", "what", f"measured ({unit})", "laboratory"), rows)


def _value(one: Observation) -> str:
    return plain(one.value) if one.uncertainty is None else plus_minus(one.value, one.uncertainty)


def _estimate(guess: Estimate) -> str:
    return plus_minus(guess.mean, guess.deviation)


def _source(one: Observation) -> str:
    origin = one.provenance
    return origin.citation or " ".join(part for part in (origin.file, origin.locator) if part)
