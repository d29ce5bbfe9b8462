"""``[retry]`` of a campaign file, and of a slot."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, PositiveInt, model_validator

from loop.duration import Duration, parse_duration
from loop.space_table import Table

_MOST_DOUBLINGS = 64


class RetryTable(Table):
    """``[retry]``: an adapter that does not answer, for a reason that passes, is asked again before requests fail."""

    patience: Duration = Field("24h", description="so long, since it first did not answer")
    attempts: PositiveInt = Field(
        5, description="and so often at least: a machine may have slept, a campaign have been paused"
    )
    first: Duration = Field("10s", description="pause after the first attempt; meanwhile it is not asked at all")
    factor: float = Field(2.0, ge=1, le=100, description="each further pause is so many times the one before")
    longest: Duration = Field("10m", description="but no longer than this")

    @model_validator(mode="after")
    def _growing(self) -> RetryTable:
        if parse_duration(self.first) > parse_duration(self.longest):
            raise ValueError(
                f"retry.first = {self.first!r} is longer than retry.longest = {self.longest!r}: expected at most that"
            )
        return self

    def pause(self, attempts: int) -> timedelta:
        """How long an adapter is left alone.

        Parameters
        ----------
        attempts
            That were made by now, 1 at least.
        """
        growth = self.factor ** min(attempts - 1, _MOST_DOUBLINGS)
        longest = parse_duration(self.longest)
        return timedelta(seconds=min(parse_duration(self.first).total_seconds() * growth, longest.total_seconds()))

    @property
    def span(self) -> timedelta:
        """The patience, as a time."""
        return parse_duration(self.patience)
