"""One turn of the loop, as a pure function: what was known and what came in become what is sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from loop.admission import Admission, admit
from loop.approval.ruling import Rulings, ruled
from loop.assimilation import DataAssimilation, Statistics
from loop.campaign import Campaign
from loop.choosing import next_requests
from loop.errors import EstimationError
from loop.model import fit_model, generator, statistics_of
from loop.objective import best_merit, merits, objective_of
from loop.prediction import POSTERIOR, Prediction, predicted_objective
from loop.records import CycleRecord, Decision, Failure, Result, Source
from loop.state import CANDIDATES, STATISTICS, State
from loop.stopping import reason_to_stop
from loop.unasked import asks_for_more, lacks_start

Scalars = dict[str, str | int | float | bool]
MIXTURE = "mixture/"
News = Iterable[Result | Failure | Decision]


class Cycle:
    """The cycles of one campaign.

    Parameters
    ----------
    campaign
        What is searched, with what, by which rules.
    candidates
        Points that each slot can be asked for, shape (n, d); sealed with cycle 0.
    """

    def __init__(self, campaign: Campaign, candidates: Mapping[str, np.ndarray]) -> None:
        self._campaign = campaign
        self._candidates = dict(candidates)
        self._fitted: dict[tuple[int, int, str], tuple[DataAssimilation | None, str]] = {}

    def __call__(self, state: State, news: News) -> CycleRecord:
        """Do one cycle: admit, assimilate, choose.

        A pure function of its arguments and the campaign: randomness comes from the campaign's seed and the number of
        the cycle. Nothing outside is touched; the record becomes true when it is sealed.

        Parameters
        ----------
        state
            What is known.
        news
            What came in and was decided since, in a reproducible order.
        """
        # The last bits of a matrix product depend on how many threads share it.
        with threadpool_limits(limits=1):
            return self._done(state, news)

    def _done(self, state: State, news: News) -> CycleRecord:
        campaign, number, news = self._campaign, state.next_cycle, list(news)
        rulings = ruled(campaign, state, [item for item in news if isinstance(item, Decision)])
        state, values = rulings.state, [item for item in news if not isinstance(item, Decision)]
        before = self.model(state)[0]
        # Later values are judged by a model that has not seen them; the first ones have only each other.
        together = campaign.table.admit.together and before is None
        admission = admit(campaign, state, before, values, together=together)
        draft = self._draft(state, rulings, admission)
        informed = state.after(draft)
        model, problem = self.model(informed)
        stopped = reason_to_stop(campaign, informed, model)
        rng = generator(campaign, number, "choose")
        requests = () if stopped else next_requests(campaign, informed, model, number, rng)
        if not stopped and not requests and not informed.open_requests:
            stopped = _nothing_left(campaign, informed)
        prediction = predicted_objective(campaign, informed, model) if model else None
        arrays = {
            **draft.arrays,
            **_prefixed(MIXTURE, model.posterior.to_arrays() if model else {}),
            **_prefixed(POSTERIOR, prediction.to_arrays() if prediction else {}),
        }
        summary = _summary(campaign, informed, model, prediction) | {
            "spent": informed.spent + sum(request.cost for request in requests),
            "model": problem or "fitted",
            "stopped": stopped,
            "generator": json.dumps(generator(campaign, number, "choose").bit_generator.state, default=str),
        }
        return replace(draft, requests=rulings.requests + requests, arrays=arrays, summary=summary)

    def model(self, state: State) -> tuple[DataAssimilation | None, str]:
        """Fit what is known after the last cycle; the model, or None and why there is none."""
        if state.statistics is None or state.next_cycle == 0:
            return None, "nothing is known yet"
        if _start_is_open(self._campaign, state):
            return None, "the start is not complete"
        key = _fingerprint(state)
        if key not in self._fitted:
            with threadpool_limits(limits=1):
                fitted = _fit(self._campaign, state)
            # Two are kept: the fit before the news and the one after it, so that a cycle without news costs no new fit.
            self._fitted = dict([*self._fitted.items()][-1:]) | {key: fitted}
        return self._fitted[key]

    def _draft(self, state: State, rulings: Rulings, admission: Admission) -> CycleRecord:
        before = state.statistics or statistics_of(self._campaign, ())
        statistics: Statistics = before + statistics_of(self._campaign, admission.observations)
        arrays = _prefixed(STATISTICS, statistics.to_arrays())
        if state.next_cycle == 0:
            arrays |= _prefixed(CANDIDATES, self._candidates)
        return CycleRecord(
            number=state.next_cycle,
            observations=admission.observations,
            quarantined=admission.quarantined,
            changes=rulings.changes + admission.changes,
            requests=rulings.requests,
            decisions=rulings.decisions,
            arrays=arrays,
        )


def is_idle(state: State, record: CycleRecord) -> bool:
    """Whether a cycle learned, asked and decided nothing, so that it need not be sealed."""
    has_content = any((record.observations, record.quarantined, record.changes, record.requests, record.decisions))
    return not has_content and str(record.summary["stopped"]) == state.stopped and record.number > 0


def _nothing_left(campaign: Campaign, state: State) -> str:
    """Nothing is under way and nothing is asked: waiting on would be for ever."""
    if asks_for_more(state, campaign):
        if campaign.table.objective.constraints:
            return (
                "what is left to spend buys nothing more, or no candidate left is likely enough to satisfy constraints"
            )
        return "what is left to spend buys nothing more"
    return "every candidate" + (" within [limits]" if campaign.table.limits else "") + " has been measured"


def _fingerprint(state: State) -> tuple[int, int, str]:
    """What a fit depends on, in short; states that agree in it have the same model."""
    digest = hashlib.sha256()
    for array in state.statistics.to_arrays().values() if state.statistics else ():
        digest.update(np.ascontiguousarray(array).tobytes())
    return state.next_cycle, len(state.observations), digest.hexdigest()


def _fit(campaign: Campaign, state: State) -> tuple[DataAssimilation | None, str]:
    if state.statistics is None:
        return None, "nothing is known yet"
    try:
        return fit_model(campaign, state.statistics, state.next_cycle - 1), ""
    except EstimationError as error:
        return None, str(error)


def _start_is_open(campaign: Campaign, state: State) -> bool:
    """Before the model is used, every slot has answered what it was to start with."""
    if lacks_start(campaign, state):
        return True
    if any(request.reason.rule == "start" for request in state.open_requests):
        return True
    return not state.values_of(campaign.table.objective.target)


def _summary(
    campaign: Campaign, state: State, model: DataAssimilation | None, prediction: Prediction | None
) -> Scalars:
    summary: Scalars = {
        "experiments": state.count(Source.EXPERIMENT),
        "calculations": state.count(Source.CALCULATION),
        "observations": len(state.observations),
        "quarantined": len(state.quarantine),
    }
    best = best_merit(campaign, merits(campaign, state.observations), model)
    if best is not None:
        summary |= {"best_measured": best.observation.label, "best_measured_value": best.worth}
        if campaign.table.objective.constraints:
            summary["best_measured_id"] = best.observation.id
    if model is not None:
        summary |= _model_summary(campaign, model, prediction)
    return summary


def _model_summary(campaign: Campaign, model: DataAssimilation, prediction: Prediction | None) -> Scalars:
    target = campaign.table.objective.target
    row = model.structure.index(target)
    scatter = float(np.sqrt(model.residual_covariance_[row, row]))
    summary: Scalars = {
        "log_evidence": float(model.log_evidence_) if model.log_evidence_ is not None else float("nan"),
        "effective_sample_size": float(model.effective_sample_size_),
        "scatter": scatter,
    }
    best = None if prediction is None else prediction.best(objective_of(campaign))
    if prediction is not None and best is not None:
        summary |= {
            "best_predicted": campaign.space.label(prediction.X[best].tolist()),
            "best_predicted_mean": float(prediction.mean[best]),
            "best_predicted_deviation": float(prediction.deviation[best]),
        }
    return summary


def _prefixed(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {prefix + name: array for name, array in arrays.items()}
