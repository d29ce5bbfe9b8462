"""From the slots of a campaign file to working adapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from loop.campaign import Campaign, Slot
from loop.errors import CampaignError, LimitError
from loop.plugins import Plugin, plugin_named
from loop.protocols import Counted, Retrospective, Simulator, SlotContext
from loop.refining import ANYWHERE
from loop.repeating import ANSWERS
from loop.retry import passes
from loop.secret import disclosed
from loop.space import Space, scattered


def plugins_of(campaign: Campaign) -> dict[str, Plugin]:
    """Find the plug-in of every slot.

    Raises
    ------
    PluginError
        Where one is not installed, or two distributions claim its name.
    """
    return {slot.table.name: plugin_named(slot.source, slot.table.adapter) for slot in campaign.slots}


def adapters_of(campaign: Campaign, plugins: Mapping[str, Plugin], folder: Path) -> dict[str, Simulator]:
    """Make the adapter of every slot.

    Parameters
    ----------
    campaign
        Gives slots, units and options.
    plugins
        By slot name.
    folder
        Of the history; adapters keep what is their own below it.

    Raises
    ------
    DoukaError
        Where options are unusable or an adapter fails to start.
    """
    contexts = {slot.table.name: context_of(campaign, slot.table.name, folder) for slot in campaign.slots}
    return {name: plugins[name].make(context) for name, context in contexts.items()}


def context_of(campaign: Campaign, slot: str, folder: Path) -> SlotContext:
    """What the adapter of a slot is told.

    Parameters
    ----------
    campaign
        Gives unit, space and options.
    slot
        Its name.
    folder
        Of the history.

    Raises
    ------
    CampaignError
        Where there is no such slot.
    """
    tables = {each.table.name: each.table for each in campaign.slots}
    if slot not in tables:
        raise CampaignError(f"{campaign.name} has no slot {slot!r}; there are {', '.join(tables)}")
    table = tables[slot]
    return SlotContext(
        slot=slot,
        target=table.target,
        unit=campaign.table.targets[table.target].unit,
        space=campaign.space,
        folder=campaign.folder,
        state=folder / "adapters" / slot,
        options=disclosed(table.options, slot),
        seed=campaign.table.seed,
    )


def candidates_of(
    campaign: Campaign, adapters: Mapping[str, Simulator], sealed: Mapping[str, np.ndarray] | None = None
) -> dict[str, np.ndarray]:
    """Points each slot can be asked for: those its pool has within its reach, or points scattered over its reach.

    Where a slot repeats points and its pool holds only so many values of each, their number stands beside, under the
    slot's name and :data:`~loop.repeating.ANSWERS`. :data:`~loop.refining.ANYWHERE` marks slots that list none.

    Parameters
    ----------
    campaign
        Gives slots, reach and limits.
    adapters
        By slot name.
    sealed
        What this gave before, for the same campaign file; it holds for a slot whose pool does not answer now.

    Raises
    ------
    CampaignError
        Where nothing is within reach, or the hard limits allow nothing of it.
    """
    found: dict[str, np.ndarray] = {}
    for slot in campaign.slots:
        if slot.table.asks:
            try:
                found |= _candidates(campaign, slot, adapters[slot.table.name])
            except Exception as error:
                before = _of_slot(slot.table.name, sealed or {})
                if not (passes(error) and before):
                    raise
                found |= before
    return found


def _candidates(campaign: Campaign, slot: Slot, adapter: Simulator) -> dict[str, np.ndarray]:
    name, space = slot.table.name, campaign.reach(slot.table.name)
    if isinstance(adapter, Retrospective):
        points = np.array(adapter.candidates(), dtype=float)
        is_whole = space == campaign.space and space.is_plain
        found = {name: points if is_whole else _within(space, points, name)}
    else:
        rng = np.random.default_rng(campaign.table.seed)
        found = {name: scattered(space, slot.table.candidates, rng), name + ANYWHERE: np.ones(1)}
    _require_permitted(campaign, slot, found[name])
    if isinstance(adapter, Retrospective) and (slot.table.repeats or slot.table.standards):
        found[name + ANSWERS] = _answers(adapter)
    return found


def _of_slot(name: str, sealed: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {key: sealed[key] for key in (name, name + ANYWHERE, name + ANSWERS) if key in sealed}


def _answers(adapter: Retrospective) -> np.ndarray:
    """Points of a pool and how many values it has of each, (n, d + 1)."""
    counts = adapter.answers() if isinstance(adapter, Counted) else {tuple(x): 1 for x in adapter.candidates()}
    return np.array([(*x, count) for x, count in counts.items()], dtype=float)


def _require_permitted(campaign: Campaign, slot: Slot, points: np.ndarray) -> None:
    """A slot that could never be asked is a mistake to be told at once, not a campaign that waits for ever."""
    costs = campaign.costs(slot.table.name, points)
    if len(points) and not campaign.limits.allowed(points, costs).any():
        what = f"a candidate of slot {slot.table.name!r} ({campaign.space.label(points[0].tolist())})"
        try:
            campaign.limits.check(points[0].tolist(), float(costs[0]), what)
        except LimitError as error:
            raise CampaignError(f"[limits] allow none of the {len(points)} candidates: {error}") from error


def _within(space: Space, points: np.ndarray, slot: str) -> np.ndarray:
    """Those of the points (n, d) of a pool that a slot may be asked for."""
    if len(points) == 0:
        return points
    allowed = space.allows(points)
    if not allowed.any():
        raise CampaignError(
            f"none of the {len(points)} points of slot {slot!r} lies on the steps and within the constraints of "
            "[space] and the slot's reach"
        )
    return np.asarray(points[allowed])
