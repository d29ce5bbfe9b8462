"""Names that Prefect accepts."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flows.default_history import default_history
from loop.campaign import Campaign
from loop.session import Session

_DIGITS = 6


def prefect_name(text: str) -> str:
    """Replace the characters that Prefect refuses in names.

    Parameters
    ----------
    text
        Such as the name of a campaign, which is that of its folder.
    """
    return re.sub(r"[/%&<>\"']", "-", text)


def cycle_name(campaign: str, number: int) -> str:
    """Campaign and cycle, as in ``two-fourteen-one 0007``."""
    return prefect_name(f"{campaign} {number:04d}")


def run_name(session: Session) -> str:
    """Of a run of several cycles: campaign and first cycle, as in ``two-fourteen-one from 0007``."""
    return prefect_name(f"{session.campaign.name} from {session.state.next_cycle:04d}")


def deployment_name(campaign: Campaign, history_path: Path) -> str:
    """Name of the deployment that serves a campaign into a history; each history of a campaign has its own.

    Parameters
    ----------
    campaign
        Which one.
    history_path
        Folder of the history. Elsewhere than where it lies by default, a digest of its path tells it from others of
        the same name.
    """
    history = history_path.resolve()
    name = campaign.name if history.name == campaign.name else f"{campaign.name} in {history.name}"
    if history != default_history(campaign.folder.resolve()):
        name += f" {hashlib.sha256(str(history).encode()).hexdigest()[:_DIGITS]}"
    return prefect_name(name)
