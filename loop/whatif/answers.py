"""Who answers in a counterfactual: the record where it has a value, the model where it has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from loop.admission import as_news
from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.records import Failure, Provenance, Quarantined, Request, Result, content_key
from loop.state import State

MODELLED = "modelled"
Point = tuple[float, ...]


class Answers:
    """Answers requests from a recorded history, and from its model where nothing is recorded.

    A recorded value answers the request of its target at its point: the one that was asked for, or its own where
    nobody asked. Several answer in the order of the record, each once, then once more from the first. Elsewhere the
    answer is the posterior mean, without scatter: what the model holds most likely, not what a laboratory would find.

    Parameters
    ----------
    campaign
        As recorded.
    state
        Everything recorded.
    model
        Fitted to it; None where the data determine none.
    judged_anew
        Whether recorded values that were put aside as implausible, and not rejected by a person, are handed over to be
        judged again; otherwise their requests fail with the recorded reason.
    """

    def __init__(self, campaign: Campaign, state: State, model: DataAssimilation | None, *, judged_anew: bool) -> None:
        self._campaign, self._model = campaign, model
        self._recorded: dict[tuple[str, Point], list[Result | Failure]] = {}
        self._given: Counter[tuple[str, Point]] = Counter()
        self.modelled: set[str] = set()
        """Keys of all values that came from the model."""
        aside = [item for item in state.quarantine if item.z_score is not None or item.x is None]
        judged = [item if judged_anew and not item.verdict else _as_failed(item) for item in aside]
        for item in as_news(state.observations, judged, campaign):
            point = _asked_at(state, item)
            if point is not None:
                self._recorded.setdefault((item.target, point), []).append(item)

    def to(self, request: Request) -> Result | Failure:
        """Answer one request.

        Parameters
        ----------
        request
            Of the counterfactual.
        """
        place = (request.target, request.x)
        recorded = self._recorded.get(place)
        if recorded is None:
            return self._from_model(request)
        turn, self._given[place] = self._given[place], self._given[place] + 1
        item = recorded[turn % len(recorded)]
        key = item.provenance.key
        if turn >= len(recorded):
            key = content_key("again", key, request.id)
        return replace(item, request_id=request.id, provenance=replace(item.provenance, key=key))

    def _from_model(self, request: Request) -> Result | Failure:
        provenance = Provenance(key=content_key(MODELLED, request.target, *request.x), adapter=request.adapter)
        if self._model is None:
            return Failure(
                request_id=request.id,
                target=request.target,
                label=request.label,
                reason="nothing is recorded there, and the recorded data determine no model",
                remedy="Record more, or change less.",
                provenance=provenance,
            )
        self.modelled.add(provenance.key)
        with threadpool_limits(limits=1):
            mean, deviation = self._model.predict(np.array([request.x]), target=request.target, return_std=True)
        note = f"{MODELLED}: posterior mean, standard deviation {float(deviation[0]):.4g}"
        return Result(
            request_id=request.id,
            target=request.target,
            x=request.x,
            value=float(mean[0]),
            unit=self._campaign.table.targets[request.target].unit,
            uncertainty=None,
            label=request.label,
            provenance=replace(provenance, note=note),
        )


def unasked(campaign: Campaign, state: State, arrived: Mapping[str, int]) -> dict[int, list[Result | Failure]]:
    """Values that arrive whatever is asked, such as files dropped into a folder.

    Parameters
    ----------
    campaign
        As recorded.
    state
        Everything recorded.
    arrived
        The cycle in which each observation came in, by its id.

    Returns
    -------
    dict
        By the cycle they came in.
    """
    slots = {slot.table.name for slot in campaign.slots}
    found: dict[int, list[Result | Failure]] = {}
    for item in state.observations:
        if item.request_id is None and item.provenance.adapter in slots:
            found.setdefault(arrived[item.id], []).extend(as_news([item], (), campaign))
    return found


def _as_failed(item: Quarantined) -> Quarantined:
    return replace(item, x=None)


def _asked_at(state: State, item: Result | Failure) -> Point | None:
    request = state.requests.get(item.request_id or "")
    if request is not None:
        return request.x
    return item.x if isinstance(item, Result) else None
