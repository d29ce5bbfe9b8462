"""Where the rest is: the history, the report, the live page."""

from __future__ import annotations

from pathlib import Path

from loop.campaign import Campaign


def links(campaign: Campaign, history: Path) -> str:
    """Write them in Markdown; a browser may refuse to follow a link to a file, so each path is also there to copy.

    Parameters
    ----------
    campaign
        The campaign.
    history
        Folder of its history.
    """
    name, place = campaign.name, history.resolve()
    rows = [
        ("history", _file(place), "sealed, one file a cycle; `campaign.nxs` opens in a viewer of NeXus files"),
        ("report", _file(place / "report.html"), f"written by `douka report {name}`"),
        ("live page", f"`douka watch {name}`", "says its address when it starts"),
        ("campaign", _file(campaign.folder / "campaign.toml"), f"`douka status {name}`"),
    ]
    return "\n".join(["| what | where | how |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def _file(path: Path) -> str:
    return f"[{path}]({path.as_uri()})"
