"""What a whole history is about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from loop.history.layout import FORMAT_VERSION


@dataclass(frozen=True, kw_only=True)
class Header:
    """The campaign of a history; sealed before the first cycle, and again whenever the campaign changes.

    Parameters
    ----------
    campaign
        Its name.
    campaign_text
        Its TOML file, verbatim.
    campaign_folder
        Where it was found.
    seed
        Of its random generators.
    variables
        Names of the components of a design point, in order.
    categories
        Names of the values of those that are categorical; a point holds the position of one.
    targets
        Unit of each target, by name.
    created
        Facts about the making: time, Python, packages, platform. Plain values.
    revision, since, reason
        How often the campaign changed before, the first cycle this header holds for, and why it changed;
        set by :meth:`loop.history.History.amend`.
    format_version
        Of the files.
    """

    campaign: str
    campaign_text: str
    campaign_folder: str = ""
    seed: int = 0
    variables: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    created: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    revision: int = 0
    since: int = 0
    reason: str = ""
    format_version: int = FORMAT_VERSION

    @property
    def campaign_sha256(self) -> str:
        """SHA-256 of the campaign file."""
        return hashlib.sha256(self.campaign_text.encode("utf-8", "surrogateescape")).hexdigest()
