"""What a report says, for scripts."""

from __future__ import annotations

from loop.figures.data import LEVELS, innovations, nominal, spend
from loop.figures.page.account import Account
from loop.figures.page.asked import sought
from loop.figures.page.found import quotable
from loop.knowledge import Estimate
from loop.records import Source


def plain_account(account: Account) -> dict[str, object]:
    """The numbers of a report, with their units; what is not known is None.

    Parameters
    ----------
    account
        What is reported.
    """
    known, moment = account.knowledge, account.moment
    best = known.best_measured
    return {
        "campaign": account.campaign.name,
        "cycle": moment.cycle,
        "digest": moment.digest,
        "sought": sought(account.campaign),
        "summary": quotable(account),
        "unit": known.unit,
        "best_measured": best and {"label": best.label, "value": known.best_measured_worth},
        "best_predicted": _estimate(known.best_predicted),
        "scatter": known.scatter,
        "scatter_unit": known.target_unit,
        "experiments": known.count(Source.EXPERIMENT),
        "calculations": known.count(Source.CALCULATION),
        "spent": known.spent,
        "cost_unit": account.campaign.table.cost_unit,
        "spent_by_slot": _by_slot(account),
        "coverage": _coverage(account),
        "quarantined": len(account.state.quarantine),
        "stopped": account.state.stopped or None,
        "not_drawn": dict(account.gallery.lacking),
    }


def _estimate(guess: Estimate | None) -> dict[str, object] | None:
    return None if guess is None else {"label": guess.label, "mean": guess.mean, "deviation": guess.deviation}


def _by_slot(account: Account) -> dict[str, float]:
    shown = spend(account.moment)
    return dict(zip(shown.slots, shown.costs[-1].tolist(), strict=True)) if len(shown.cycles) else {}


def _coverage(account: Account) -> dict[str, object]:
    shown = innovations(account.moment)
    shares = {
        f"{level:g}_sigma": {"share": float(shown.coverage(level)[-1]), "expected": nominal(level)}
        for level in LEVELS
        if len(shown.z)
    }
    return {"foretold": len(shown.z), "refused": shown.refused, **shares}
