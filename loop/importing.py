"""Past experiments and calculations become a history, as if the campaign had taken them in."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from loop.admission import admit
from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.errors import EstimationError, HistoryError
from loop.facts import Facts, environment, now
from loop.history import History
from loop.history.durable import sync_folder
from loop.model import fit_model, statistics_of
from loop.objective import best_merit, merits
from loop.records import CycleRecord, Failure, Quarantined, Result
from loop.revising import header_of
from loop.runnable import require_runnable
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import CANDIDATES, REFOLD, STATISTICS, State

IMPORT = "import"
"""Kind of a record that only takes in; its summary says so under :data:`loop.state.REFOLD`."""

CHECKED_TOGETHER = "checked together"
"""Key of a summary: its values were held against each other."""

IMPORTER = "douka import"
"""What stands for the slot in the provenance of imported values; no slot can have a name with a space."""


@dataclass(frozen=True)
class Imported:
    """What became of an import.

    Parameters
    ----------
    path
        Folder of the history.
    state
        Its fold.
    digest
        Of the history.
    """

    path: Path
    state: State
    digest: str

    @property
    def put_aside(self) -> tuple[Quarantined, ...]:
        """What was not believed."""
        return self.state.quarantine


def import_results(
    campaign: Campaign, batches: Sequence[Sequence[Result]], path: Path, reason: str, facts: Facts | None = None
) -> Imported:
    """Seal past results as a history that ``douka run`` can go on with.

    The history is made beside its place and moved there when it is whole.

    Parameters
    ----------
    campaign
        Must be runnable: its slots say what can be asked for later.
    batches
        One sequence of results a cycle, in the order in which they are to be learned.
    path
        Folder of the history; must not hold one.
    reason
        Where they come from, in a few words.
    facts
        Kept with every cycle beside time, host and versions.

    Raises
    ------
    DoukaError
        Where the campaign cannot run or the history cannot be written; nothing is left behind then.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise HistoryError(f"{path}: is there already, and an import never adds to a history. Choose another name")
    temporary = path.with_name(f".{path.name}.importing")
    try:
        state, digest = _written(campaign, batches, temporary, reason, facts or {})
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        if isinstance(error, HistoryError):
            raise
        raise HistoryError(f"{path}: could not be written ({error.strerror}). Choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(temporary)
    return Imported(path, state, digest)


def imported(
    campaign: Campaign,
    state: State,
    news: Sequence[Result | Failure],
    candidates: Mapping[str, np.ndarray],
    reason: str,
    *,
    together: bool = True,
) -> CycleRecord:
    """Take in values that nobody asked for, and ask for nothing: a pure function, like a cycle.

    The best measured value in the summary is the best of all: constraints on outcomes need a model of what came in, and
    are judged from the first cycle on that is asked for something, and by ``douka report``.

    The check of values against their prediction begins when every slot that can be asked has as many values of its
    target as it is to start with, as in a campaign.

    Parameters
    ----------
    campaign
        Says what is expected.
    state
        What is known.
    news
        What comes in.
    candidates
        Points that each slot can be asked for; sealed with cycle 0.
    reason
        Where the values come from.
    together
        Whether values are also held against those that come with them (histories of douka 0.1 were made without).
    """
    with threadpool_limits(limits=1):
        admission = admit(campaign, state, _model(campaign, state), news, together=together)
        before = state.statistics or statistics_of(campaign, ())
        statistics = before + statistics_of(campaign, admission.observations)
    arrays = {STATISTICS + name: array for name, array in statistics.to_arrays().items()}
    if state.next_cycle == 0:
        arrays |= {CANDIDATES + name: points for name, points in candidates.items()}
    record = CycleRecord(
        number=state.next_cycle,
        observations=admission.observations,
        quarantined=admission.quarantined,
        arrays=arrays,
    )
    checked: dict[str, str | int | float | bool] = {CHECKED_TOGETHER: True} if together else {}
    return replace(record, summary=_summary(campaign, state, record, reason) | checked)


def _written(
    campaign: Campaign, batches: Sequence[Sequence[Result]], folder: Path, reason: str, facts: Facts
) -> tuple[State, str]:
    require_runnable(campaign)
    if folder.exists():
        shutil.rmtree(folder)
    candidates = candidates_of(campaign, adapters_of(campaign, plugins_of(campaign), folder))
    state = State()
    with History.create(folder, header_of(campaign)) as history:
        for batch in batches:
            record = imported(campaign, state, batch, candidates, reason)
            known = {**environment(), "sealed": now(), "campaign_sha256": campaign.sha256, **facts}
            history.append(replace(record, facts=known))
            state = state.after(record)
        return state, history.digest()


def _model(campaign: Campaign, state: State) -> DataAssimilation | None:
    counts = {name: len(state.values_of(name)) for name in campaign.targets}
    enough = all(counts[slot.table.target] >= slot.table.start for slot in campaign.slots if slot.table.asks)
    if state.statistics is None or not enough or not counts[campaign.table.objective.target]:
        return None
    try:
        return fit_model(campaign, state.statistics, state.next_cycle - 1)
    except EstimationError:
        return None


def _summary(campaign: Campaign, state: State, record: CycleRecord, reason: str) -> dict[str, str | int | float | bool]:
    summary: dict[str, str | int | float | bool] = {
        REFOLD: IMPORT,
        "reason": reason,
        "experiments": 0,
        "calculations": 0,
        "observations": len(state.observations) + len(record.observations),
        "quarantined": len(state.quarantine) + len(record.quarantined),
        "spent": 0.0,
        "stopped": "",
    }
    # Nothing is fitted to what just came in, so that constraints on outcomes are not judged here.
    best = best_merit(campaign, merits(campaign, (*state.observations, *record.observations)), None)
    if best is not None:
        summary |= {"best_measured": best.observation.label, "best_measured_value": best.worth}
    return summary
