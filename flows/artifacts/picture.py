"""The picture of the report: drawn now and then, kept beside the history, for every process that shows it."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from pathlib import Path

from loop.campaign import Campaign
from loop.figures.snapshot import snapshot
from loop.history.durable import replace_file
from loop.knowledge import Knowledge
from loop.session import Session

FILE = "figure.png"


@dataclass(frozen=True)
class Picture:
    """A figure that can stand in a text.

    Parameters
    ----------
    source
        A data URI.
    is_new
        Whether it shows the present cycle.
    """

    source: str
    is_new: bool


def to_be_drawn(session: Session) -> bool:
    """Whether ``[prefect]`` wants a new picture now: some time after the last one, and at the end.

    Parameters
    ----------
    session
        After a cycle.
    """
    told = session.campaign.table.prefect
    return told.figures and (session.is_over or _age(session.history.path / FILE) >= told.figure_seconds)


def draw(campaign: Campaign, history: Path, known: Knowledge | None) -> Picture | None:
    """Draw what is known; give the last picture where there is nothing new to draw.

    Parameters
    ----------
    campaign
        With its ``[prefect]``.
    history
        Folder beside which it is kept.
    known
        What is to be drawn; None to leave it as it is.

    Returns
    -------
    Picture or None
        None where ``[prefect]`` wants none, or nothing was measured yet.
    """
    file = history / FILE
    if known is not None and known.measured:
        replace_file(file, snapshot(known))
    if not campaign.table.prefect.figures or not file.exists():
        return None
    source = base64.b64encode(file.read_bytes()).decode("ascii")
    return Picture(f"data:image/png;base64,{source}", is_new=known is not None)


def _age(file: Path) -> float:
    try:
        return abs(time.time() - file.stat().st_mtime)
    except FileNotFoundError:
        return float("inf")
