"""Keys of artifacts: the same for every cycle, so that Prefect keeps the versions together."""

from __future__ import annotations

import re

from loop.campaign import Campaign


def artifact_key(campaign: Campaign, what: str) -> str:
    """Make a key such as ``two-fourteen-one-budget``, of the only characters that Prefect takes: a-z, 0-9, dash.

    Parameters
    ----------
    campaign
        Whose artifact.
    what
        What it shows.
    """
    name = re.sub(r"[^a-z0-9]+", "-", campaign.name.lower()).strip("-")
    return f"{name or 'campaign'}-{what}"
