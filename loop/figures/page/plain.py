"""What a report says, for scripts."""

from __future__ import annotations

from loop.figures.data import LEVELS, innovations, nominal, spend
from loop.figures.page.account import Account
from loop.figures.page.asked import sought
from loop.figures.page.found import quotable
from loop.plain_knowledge import plain_knowledge


def plain_account(account: Account) -> dict[str, object]:
    """The numbers of a report, with their units; what is not known is None.

    Parameters
    ----------
    account
        What is reported.
    """
    moment = account.moment
    return {
        **plain_knowledge(moment.campaign, moment.state, account.knowledge),
        "cycle": moment.cycle,
        "digest": moment.digest,
        "sought": sought(moment.campaign),
        "summary": quotable(account),
        "spent_by_slot": _by_slot(account),
        "coverage": _coverage(account),
        "not_drawn": dict(account.gallery.lacking),
    }


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
