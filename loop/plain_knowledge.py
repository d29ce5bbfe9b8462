"""What a campaign knows, for scripts: names, numbers and their units."""

from __future__ import annotations

from loop.campaign import Campaign
from loop.knowledge import Estimate, Knowledge
from loop.records import Source
from loop.state import State


def plain_knowledge(campaign: Campaign, state: State, known: Knowledge) -> dict[str, object]:
    """Give the same under the same keys to whoever asks; what is not known is None, numbers may be NaN.

    Parameters
    ----------
    campaign, state
        Of which it is known.
    known
        What is known.
    """
    best = known.best_measured
    return {
        "campaign": campaign.name,
        "cycles": state.next_cycle,
        "unit": known.unit,
        "best_measured": None if best is None else {"label": best.label, "value": known.best_measured_worth},
        "best_predicted": _estimate(known.best_predicted),
        "scatter": known.scatter,
        "scatter_unit": known.target_unit,
        "experiments": known.count(Source.EXPERIMENT),
        "calculations": known.count(Source.CALCULATION),
        "observations": len(state.observations),
        "quarantined": len(state.quarantine),
        "open_requests": [request.id for request in state.open_requests],
        "spent": known.spent,
        "cost_unit": campaign.table.cost_unit,
        "stopped": state.stopped or None,
    }


def _estimate(guess: Estimate | None) -> dict[str, object] | None:
    return None if guess is None else {"label": guess.label, "mean": guess.mean, "deviation": guess.deviation}
