"""Names that Prefect accepts."""

from __future__ import annotations

import re
from pathlib import Path

from loop.campaign import Campaign


def prefect_name(text: str) -> str:
    """Replace the characters that Prefect refuses in names.

    Parameters
    ----------
    text
        Such as the name of a campaign, which is that of its folder.
    """
    return re.sub(r"[/%&<>\"']", "-", text)


def deployment_name(campaign: Campaign, history_path: Path) -> str:
    """Name of the deployment that serves a campaign into a history; each history of a campaign has its own."""
    history = history_path.resolve().name
    name = campaign.name if history == campaign.name else f"{campaign.name} in {history}"
    return prefect_name(name)
