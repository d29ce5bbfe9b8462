"""``[approval]`` of a campaign file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from pydantic import Field, NonNegativeFloat, model_validator

from loop.duration import Duration, parse_duration
from loop.space_table import Table


class ApprovalTable(Table):
    """``[approval]``: requests that any of the first four names wait until a person decides."""

    slots: tuple[str, ...] = Field((), description="slots whose every request waits")
    experiments: bool = Field(False, description="every request to an instrument waits")
    cost_above: NonNegativeFloat | None = Field(None, description="every request that costs more waits")
    first_use: bool = Field(False, description="requests to a slot wait until one to it was let through")
    timeout: Duration | None = Field(None, description="how long a request waits at most, such as '24h'")
    without_answer: Literal["wait", "approve", "reject"] = Field("wait", description="what becomes of it then")
    remind_after: Duration | None = Field(None, description="when people are reminded, such as '4h'")
    remind_every: Duration | None = Field(None, description="and how often from then on; once if absent")

    @model_validator(mode="after")
    def _whole(self) -> ApprovalTable:
        if (self.timeout is None) != (self.without_answer == "wait"):
            raise ValueError(
                f"approval.timeout = {self.timeout!r} with approval.without_answer = {self.without_answer!r}: expected "
                "a time with 'approve' or 'reject', or no time with 'wait'"
            )
        if self.remind_every is not None and self.remind_after is None:
            raise ValueError("approval.remind_every is given without approval.remind_after: expected both")
        return self

    def require_effect(self) -> None:
        """Refuse what would change nothing; histories that were begun with it can be read.

        Raises
        ------
        ValueError
            Naming the key.
        """
        if self.remind_after is not None and self.patience is not None:
            self._require_in_time(self.remind_after, self.patience)
        if not (self.slots or self.experiments or self.cost_above is not None or self.first_use):
            self._require_nothing_else()

    def _require_in_time(self, remind_after: str, patience: timedelta) -> None:
        if parse_duration(remind_after) >= patience:
            raise ValueError(
                f"approval.remind_after = {remind_after!r} with approval.timeout = {self.timeout!r}: nobody would be "
                "reminded; expected less than the timeout"
            )

    def _require_nothing_else(self) -> None:
        given = [key for key in ("timeout", "remind_after") if getattr(self, key) is not None]
        if given:
            raise ValueError(
                f"approval.{given[0]} is given, and no request would wait; expected also one of slots, experiments = "
                "true, cost_above, first_use = true"
            )

    @property
    def patience(self) -> timedelta | None:
        """How long a request waits at most; None for ever."""
        return None if self.timeout is None else parse_duration(self.timeout)


def check_approval(table: ApprovalTable, slots: Collection[str]) -> None:
    """Refuse a table that names slots which are not there.

    Parameters
    ----------
    table
        Of the campaign.
    slots
        Names of its slots.

    Raises
    ------
    ValueError
        Naming the first.
    """
    unknown = [name for name in table.slots if name not in slots]
    if unknown:
        raise ValueError(f"approval.slots names {unknown[0]!r}, expected some of {', '.join(slots)}")
