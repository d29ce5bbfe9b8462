"""Where the rest is: the history, the report, the live page."""

from __future__ import annotations

import socket
from pathlib import Path

from flows.called import called_of
from flows.page.address import pages_at
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
    name, place = called_of(campaign.folder, history), history.resolve()
    rows = [
        ("history", _file(place), "sealed, one file a cycle; `campaign.nxs` opens in a viewer of NeXus files"),
        ("report", _file(place / "report.html"), f"written by `douka report {name}`"),
        _live_page(name, history),
        ("campaign", _file(campaign.folder / "campaign.toml"), f"`douka status {name}`"),
    ]
    return "\n".join(["| what | where | how |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def _live_page(name: str, history: Path) -> tuple[str, str, str]:
    pages = pages_at(history)
    if not pages:
        return ("live page", f"`douka watch {name}`", "none runs now; it says its address when it starts")
    where = ", ".join(f"[{each}]({each})" for each in pages)
    return ("live page", where, f"on {socket.gethostname()} alone, as long as its `douka watch {name}` runs")


def _file(path: Path) -> str:
    return f"[{path}]({path.as_uri()})"
