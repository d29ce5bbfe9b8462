"""From the slots of a campaign file to working adapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.plugins import Plugin, plugin_named
from loop.protocols import Retrospective, Simulator, SlotContext
from loop.space import scattered

SCATTERED = 512
"""Candidates a slot can be asked for where no pool lists them."""


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
    contexts = {
        slot.table.name: SlotContext(
            slot=slot.table.name,
            target=slot.table.target,
            unit=campaign.table.targets[slot.table.target].unit,
            space=campaign.space,
            folder=campaign.folder,
            state=folder / "adapters" / slot.table.name,
            options=slot.table.options,
            seed=campaign.table.seed,
        )
        for slot in campaign.slots
    }
    return {name: plugins[name].make(context) for name, context in contexts.items()}


def candidates_of(campaign: Campaign, adapters: Mapping[str, Simulator]) -> dict[str, np.ndarray]:
    """Points each slot can be asked for: those its pool has, or points scattered over the space."""
    found: dict[str, np.ndarray] = {}
    for slot in campaign.slots:
        adapter = adapters[slot.table.name]
        if not slot.table.asks:
            continue
        if isinstance(adapter, Retrospective):
            found[slot.table.name] = np.array(adapter.candidates(), dtype=float)
        else:
            found[slot.table.name] = scattered(campaign.space, SCATTERED, np.random.default_rng(campaign.table.seed))
    return found
