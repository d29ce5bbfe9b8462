"""Whether a history is that of a campaign, before anything is read of it or ordered."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from loop.errors import CampaignError
from loop.history import Header, History


def require_own_history(campaign: Path, history: Path) -> None:
    """Refuse the history of another campaign.

    It is another one where name and targets, or name and variables, differ: a campaign may be renamed, and its file may
    be changed. A file or a history that cannot be read is nobody else's; whoever needs it says what is wrong.

    Parameters
    ----------
    campaign
        Folder of the campaign.
    history
        Folder of a history, or of none.

    Raises
    ------
    CampaignError
        Naming both.
    """
    try:
        table = tomllib.loads((campaign / "campaign.toml").read_text(encoding="utf-8-sig"))
        with History.open(history) as kept:
            header = kept.header
    except (OSError, ValueError):
        return
    if header.campaign != campaign.name and not _is_alike(table, header):
        raise CampaignError(
            f"{history} is the history of the campaign {header.campaign!r} ({_title(header)}), "
            f"not of {campaign.name!r}: give that campaign, or another --history"
        )


def _is_alike(table: Mapping[str, Any], header: Header) -> bool:
    space, targets = table.get("space", {}), table.get("targets", {})
    return set(targets) == set(header.targets) and set(space.get("variables", header.variables)) == set(
        header.variables
    )


def _title(header: Header) -> str:
    with suppress(ValueError):
        return str(tomllib.loads(header.campaign_text).get("title", "untitled"))
    return "untitled"
