"""Something that people are told."""

from __future__ import annotations

from dataclasses import dataclass

from loop.notify_table import Occasion


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One event in the life of a campaign.

    Parameters
    ----------
    key
        What makes it that event: the same wherever and however often it is noticed; part of a file's name.
    occasion
        Of which kind.
    title
        One line.
    text
        What happened, and what a person does next.
    """

    key: str
    occasion: Occasion
    title: str
    text: str
