"""Where the history of a campaign lies unless somebody says otherwise."""

from __future__ import annotations

from pathlib import Path


def default_history(campaign: Path) -> Path:
    """``histories/NAME`` beside ``campaigns/`` in a workspace, else ``history`` in the campaign's folder.

    Parameters
    ----------
    campaign
        Folder of the campaign.
    """
    if campaign.parent.name == "campaigns":
        return campaign.parent.parent / "histories" / campaign.name
    return campaign / "history"
