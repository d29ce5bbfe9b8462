"""``[notify]`` of a campaign file."""

from __future__ import annotations

import re
from enum import StrEnum

from pydantic import Field, field_validator

from loop.space_table import Table

_BLOCK = re.compile(r"[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


class Occasion(StrEnum):
    """What people are told of."""

    PAUSED = "paused"
    FAILED = "failed"
    STOPPED = "stopped"
    FINISHED = "finished"
    APPROVAL = "approval"
    REMINDER = "reminder"
    WORKSHEET = "worksheet"
    QUARANTINED = "quarantined"


class NotifyTable(Table):
    """``[notify]``: who is told, and of what."""

    to: tuple[str, ...] = Field(
        (),
        description="blocks of Prefect, such as 'slack-webhook/lab' (type/name), or 'env:NAME': a variable that holds "
        "a URL (https://…, mailto://…). A URL itself is a secret and is refused here",
    )
    on: tuple[Occasion, ...] = Field(
        tuple(Occasion),
        description="paused, failed (requests, or a cycle), stopped, finished, approval (is waited for), reminder (of "
        "that), worksheet (is to be filled in), quarantined; all if absent",
    )

    @field_validator("to")
    @classmethod
    def _no_secrets(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for place, name in enumerate(names):
            if not (_BLOCK.fullmatch(name) or VARIABLE.fullmatch(name)):
                # Not shown: it may be the secret itself.
                what = "a URL, which is a secret: it would stand in every history" if ":/" in name else "something else"
                raise ValueError(
                    f"notify.to.{place} is {what}; expected a block of Prefect (slack-webhook/NAME, "
                    "custom-webhook/NAME, …), or env:NAME and the URL in the environment variable NAME"
                )
        return names

    def require_effect(self) -> None:
        """Refuse what would change nothing; histories that were begun with it can be read.

        Raises
        ------
        ValueError
            Naming the key.
        """
        if not self.on:
            raise ValueError(
                f"notify.on is empty, so that nobody is told of anything; expected some of {', '.join(Occasion)}, or "
                "no such line for all of them"
            )
