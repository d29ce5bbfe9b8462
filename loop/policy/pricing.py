"""Prices by kind of request."""

from __future__ import annotations

from collections.abc import Mapping

from loop.errors import CampaignError
from loop.records import Source
from loop.space.cost import Cost


def prices_of(costs: Mapping[str, Cost] | None) -> dict[str, Cost]:
    """Costs by kind of request, 0 where none is given.

    Raises
    ------
    CampaignError
        Where something else than an experiment or a calculation has one.
    """
    if costs is not None and not isinstance(costs, Mapping):
        raise CampaignError(f"costs = {costs!r}: expected such as {{'experiment': 10.0, 'calculation': 1.0}}")
    known = [str(source) for source in Source]
    unknown = [str(name) for name in costs or {} if str(name) not in known]
    if unknown:
        raise CampaignError(f"costs of {unknown[0]!r}: expected costs of {' and '.join(map(repr, sorted(known)))}")
    return {**dict.fromkeys(known, 0.0), **{str(name): cost for name, cost in (costs or {}).items()}}
