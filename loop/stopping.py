"""When a campaign is over."""

from __future__ import annotations

import numpy as np

from loop.campaign import Campaign
from loop.records import Source
from loop.state import State


def reason_to_stop(campaign: Campaign, state: State) -> str:
    """Say which stopping rule of the campaign holds; empty while none does.

    Parameters
    ----------
    campaign
        Its ``[stop]`` table: any rule that holds ends the campaign.
    state
        What is known.
    """
    stop = campaign.table.stop
    experiments = state.count(Source.EXPERIMENT)
    if stop.experiments is not None and experiments >= stop.experiments:
        return f"{experiments} measurements were asked for, as many as allowed"
    if stop.cost is not None and state.spent >= stop.cost:
        return f"{state.spent:g} {campaign.table.cost_unit} are spent, as much as allowed"
    if stop.cycles is not None and state.next_cycle >= stop.cycles:
        return f"{state.next_cycle} cycles are done, as many as allowed"
    since = since_best(campaign, state)
    if stop.no_improvement is not None and since >= stop.no_improvement:
        return f"the last {since} measurements brought nothing better"
    return ""


def since_best(campaign: Campaign, state: State) -> int:
    """How many measurements were asked for and came after the best value; what came unasked was not a try."""
    objective = campaign.table.objective
    sign = 1.0 if objective.goal == "maximize" else -1.0
    observations = state.values_of(objective.target)
    if not observations:
        return 0
    best = int(np.argmax([sign * observation.value for observation in observations]))
    return sum(observation.request_id is not None for observation in observations[best + 1 :])
