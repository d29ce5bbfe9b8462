"""Values that come in at once are held against each other, before they are learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from loop.campaign import Campaign
from loop.errors import EstimationError
from loop.foretelling import learner
from loop.innovation import trimmed
from loop.readings import reading_of
from loop.records import Observation

_MANY = 8
"""Values of a target that are needed for some to be outvoted."""


def disagreeing(
    campaign: Campaign, known: Sequence[Observation], arrived: Sequence[Observation]
) -> Mapping[str, float]:
    """Find what does not fit the rest of what came in with it.

    A prediction from before cannot tell: at the start there is none. The outcome does not depend on the order of what
    arrived.

    Parameters
    ----------
    campaign
        Gives the model and ``admit.z_limit``.
    known
        What was learned from before; it is not judged again.
    arrived
        What came in.

    Returns
    -------
    dict of str to float
        z-score by id, of what lies beyond the limit; empty where the values determine no model.
    """
    if len(arrived) < 2:
        return {}
    ordered = sorted(arrived, key=lambda item: item.id)
    readings = [reading_of(campaign, item) for item in (*known, *ordered)]
    counts = Counter(reading.target for reading in readings)
    may_go = np.array([counts[reading.target] >= _MANY for reading in readings])
    may_go[: len(known)] = False
    try:
        outcome = trimmed(readings, learner(campaign), campaign.table.admit.z_limit, may_go)
    except EstimationError:
        return {}
    return {
        reading.id: float(z)
        for reading, z, believed in zip(readings, outcome.z_score, outcome.is_believed, strict=True)
        if not believed
    }
