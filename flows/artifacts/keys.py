"""Keys of artifacts: the same for every cycle, so that Prefect keeps the versions together."""

from __future__ import annotations

import re
from pathlib import Path

from flows.default_history import default_history
from flows.naming import deployment_name
from loop.campaign import Campaign


def artifact_key(campaign: Campaign, history: Path, what: str) -> str:
    """Make a key such as ``two-fourteen-one-budget``, of the only characters that Prefect takes: a-z, 0-9, dash.

    Parameters
    ----------
    campaign, history
        Whose artifact; each history of a campaign has keys of its own, as it has a deployment of its own.
    what
        What it shows.
    """
    is_usual = history.resolve() == default_history(campaign.folder.resolve())
    whose = campaign.name if is_usual else deployment_name(campaign, history)
    name = re.sub(r"[^a-z0-9]+", "-", whose.lower()).strip("-")
    return f"{name or 'campaign'}-{what}"
