"""The counterfactual: a recorded campaign under another policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import EstimationError, HistoryError
from loop.history import History
from loop.model import fit_model
from loop.records import CycleRecord, Decision, Failure, Result, Source, Status
from loop.revising import campaign_at
from loop.state import State
from loop.stop_table import StopTable
from loop.whatif.answers import Answers, unasked
from loop.whatif.changes import changed
from loop.whatif.course import Course, course_of
from loop.whatif.decided import Decided
from loop.whatif.verdict import verdict


@dataclass(frozen=True)
class WhatIf:
    """What would have been, beside what was.

    Parameters
    ----------
    changes
        What was changed, by key.
    unit
        Of the objective.
    recorded, counterfactual
        What was, and what would have been.
    """

    changes: Mapping[str, str]
    unit: str
    recorded: Course
    counterfactual: Course

    @property
    def verdict(self) -> str:
        """Say in a sentence or two what the change would have brought."""
        return verdict(self.changes, self.unit, self.recorded, self.counterfactual)


def what_if(history: History, changes: Mapping[str, str]) -> WhatIf:
    """Run a recorded campaign again in memory, with another policy.

    Every request is answered in the next cycle: by the recorded value of that target at that point, else by the mean
    of the recorded campaign's model, fitted to everything recorded. What came unasked comes in the cycle it came in;
    what was imported waits until it is asked for. As many measurements are asked for as the record has; other
    stopping rules are left aside. What was admitted or put aside in the record is so here too, unless ``z_limit`` is
    changed: values without scatter make the model too sure of itself to judge them again.

    Parameters
    ----------
    history
        Open for reading.
    changes
        Value by key; see :data:`loop.whatif.KEYS`. None at all runs the recorded policy.

    Raises
    ------
    CampaignError
        Where a change is unknown or cannot be run.
    HistoryError
        Where nothing was measured yet.
    """
    records = list(history.records())
    campaign = campaign_at(history, history.next_number)
    state, arrived = State(), dict[str, int]()
    for record in records:
        state = state.after(record)
        arrived = {item.id: record.number for item in record.observations} | arrived
    judged_anew = "z_limit" in changes
    other = _unrestricted(changed(campaign, changes), _measurements(campaign, state, history), judged_anew)
    answers = Answers(campaign, state, _model(campaign, state), judged_anew=judged_anew)
    people, arrivals = Decided(records, state), unasked(campaign, state, arrived)
    done = list(_cycles(other, _candidates(campaign, state), answers, people, arrivals))
    return WhatIf(
        changes=dict(changes),
        unit=campaign.unit,
        recorded=course_of(campaign, records),
        counterfactual=course_of(other, done, answers.modelled),
    )


def _cycles(
    campaign: Campaign,
    candidates: Mapping[str, np.ndarray],
    answers: Answers,
    people: Decided,
    arrivals: Mapping[int, list[Result | Failure]],
) -> Iterator[CycleRecord]:
    cycle, state = Cycle(campaign, candidates), State()
    news: list[Result | Failure | Decision] = []
    while True:
        record = cycle(state, [*news, *arrivals.get(state.next_cycle, ())])
        yield record
        state = state.after(record)
        if state.is_over or not (record.requests or record.observations or record.decisions):
            return
        names = [slot.table.name for slot in campaign.slots]
        # The order in which a session collects: by slot, then by request.
        asked = sorted(state.under_way, key=lambda request: (names.index(request.adapter), request.id))
        news = [each for request in state.awaiting_approval for each in people.about(request)]
        news += [answers.to(request) for request in asked]


def _measurements(campaign: Campaign, state: State, history: History) -> int:
    """Measurements that were asked for and answered, and imported ones."""
    made = [r for r in state.requests.values() if r.status is not Status.REJECTED and not r.status.is_open]
    asked = [r for r in made if r.source is Source.EXPERIMENT]
    slots = {slot.table.name for slot in campaign.slots}
    imported = [
        item
        for item in state.observations
        if item.request_id is None
        and item.provenance.adapter not in slots
        and campaign.table.targets[item.target].source is Source.EXPERIMENT
    ]
    if not asked and not imported:
        raise HistoryError(f"{history.path}: nothing was measured yet, so there is nothing to compare with")
    return len(asked) + len(imported)


def _unrestricted(campaign: Campaign, measurements: int, judged_anew: bool) -> Campaign:
    """Without other limits than the number of measurements, and without a second judgement of recorded values."""
    changes: dict[str, object] = {"stop": StopTable(experiments=measurements)}
    if not judged_anew:
        changes["admit"] = campaign.table.admit.model_copy(update={"z_limit": float("inf")})
    return Campaign(campaign.name, campaign.table.model_copy(update=changes), campaign.text, campaign.folder)


def _model(campaign: Campaign, state: State) -> DataAssimilation | None:
    if state.statistics is None:
        return None
    try:
        with threadpool_limits(limits=1):
            return fit_model(campaign, state.statistics, state.next_cycle - 1)
    except EstimationError:
        return None


def _candidates(campaign: Campaign, state: State) -> dict[str, np.ndarray]:
    """Those that were sealed, and the points of imported values: they can be asked for, since their values exist."""
    found = dict(state.candidates)
    slots = {slot.table.name: slot.table.target for slot in campaign.slots}
    for item in state.observations:
        if item.request_id is not None or item.provenance.adapter in slots:
            continue
        name = next((name for name in found if slots.get(name) == item.target), None)
        if name is not None and list(item.x) not in found[name].tolist():
            found[name] = np.vstack([found[name], item.x])
    return found
