"""Adapters that are asked which points they have, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.campaign import Campaign
from loop.protocols import Simulator
from loop.slots import adapters_of, plugins_of


@contextmanager
def throwaway_adapters(campaign: Campaign) -> Iterator[dict[str, Simulator]]:
    """Make the adapter of every slot; what they keep lies in a folder that goes with them.

    Parameters
    ----------
    campaign
        Gives slots, units and options.

    Yields
    ------
    dict
        By slot name.
    """
    with tempfile.TemporaryDirectory(prefix="douka-propose-") as folder:
        yield adapters_of(campaign, plugins_of(campaign), Path(folder))
