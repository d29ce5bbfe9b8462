"""What changed in a campaign file since its history began, and whether the history can simply go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from loop.campaign import CampaignTable

HARMLESS = (
    "title",
    "description",
    "cost_unit",
    "poll_seconds",
    "conditions*",
    "policy*",
    "synthesis*",
    "stop*",
    "limits*",
    "admit*",
    "pause*",
    "retry*",
    "approval*",
    "notify*",
    "prefect*",
    "objective*",
    "targets.*.description",
    "space.variables.*.description",
    "*.slots",
    "*.start",
    "*.cost",
    "*.retry*",
    "*.options.quiet_seconds",
)
"""Keys that leave everything learned as it is; any other change needs a migration."""

_ABSENT = "absent"


@dataclass(frozen=True)
class Change:
    """One key of a campaign file that says something else now.

    Parameters
    ----------
    key
        With dots; slots and targets by name.
    old, new
        What it said and says; ``"absent"`` where it was not there.
    """

    key: str
    old: Any
    new: Any

    @property
    def is_harmless(self) -> bool:
        """Whether what was learned means the same under the new value."""
        return any(fnmatchcase(self.key, pattern) for pattern in HARMLESS)

    def __str__(self) -> str:
        return f"{self.key}: {self.old!r} → {self.new!r}"


def changes(old: CampaignTable, new: CampaignTable) -> tuple[Change, ...]:
    """Compare two campaign files by meaning: comments, order and layout do not count, the order of variables does.

    Parameters
    ----------
    old, new
        Validated files.

    Returns
    -------
    tuple of Change
        Sorted by key.
    """
    before, after = dict(_flat(_named(old))), dict(_flat(_named(new)))
    return tuple(
        Change(key, before.get(key, _ABSENT), after.get(key, _ABSENT))
        for key in sorted({*before, *after})
        if before.get(key, _ABSENT) != after.get(key, _ABSENT)
    )


def _named(table: CampaignTable) -> dict[str, Any]:
    """Slots by name, so that adding one does not shift the others; the order of variables and targets as a value."""
    content = table.model_dump(mode="json")
    for kind in ("simulators", "instruments"):
        content[kind] = {slot["name"]: slot for slot in content[kind]}
    content["space"]["order"] = list(content["space"]["variables"])
    content["order of targets"] = list(content["targets"])
    return content


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
