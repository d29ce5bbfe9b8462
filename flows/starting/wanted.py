"""What a person says about a new campaign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Answers, from options or from questions.

    Parameters
    ----------
    measurements, calculations
        Spreadsheets; None where there are none. Without measurements a made-up example is written.
    measured, calculated
        Their columns of values; None leaves it to the tables.
    unit
        Of the values; None leaves it to the tables.
    vary
        Columns that are design variables; None takes every column of numbers that varies and that both tables have.
    goal
        ``maximize`` or ``minimize``.
    title
        For the reader; None makes one.
    people
        Whether people measure new samples and the tables are what is known; else the tables answer.
    """

    measurements: Path | None = None
    calculations: Path | None = None
    measured: str | None = None
    calculated: str | None = None
    unit: str | None = None
    vary: tuple[str, ...] | None = None
    goal: str = "maximize"
    title: str | None = None
    people: bool = False
