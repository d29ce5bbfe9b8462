"""What a person fills in about a measurement: columns of a worksheet, in Prefect's form and in the live page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.worksheets import heading as h
from loop.campaign import Campaign
from loop.magnetism import UNITS
from loop.records import Request


@dataclass(frozen=True)
class Column:
    """One thing to be filled in.

    Parameters
    ----------
    title
        As a worksheet has it.
    hint
        What belongs there.
    default
        What stands there already.
    choices
        Where it is one of a few.
    is_required
        Whether there is no answer without it.
    """

    title: str
    hint: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False


def columns_asked(campaign: Campaign, request: Request) -> list[Column]:
    """List what is asked about a measurement.

    Parameters
    ----------
    campaign
        Gives the units and the elements.
    request
        What was to be measured.
    """
    unit, today = campaign.table.targets[request.target].unit, datetime.now(UTC).date().isoformat()
    units = tuple(dict.fromkeys([unit, *UNITS])) if unit in UNITS else (unit,)
    return [
        Column(h.VALUE, "Empty where it failed"),
        Column(h.UNIT, default=unit, choices=units),
        Column(h.UNCERTAINTY, "Standard uncertainty, in the same unit; may be empty"),
        Column(h.LABORATORY_SAMPLE, "The laboratory's name of the sample"),
        *_composition(campaign),
        Column(h.PHASE, "Where it was measured"),
        Column(h.FAILED, "Instead of a value: why there is none, and will be none"),
        Column(h.NOTE, "What else is to be said"),
        Column(h.BY, is_required=True),
        Column(h.ON, "Such as 2026-11-23", default=today),
    ]


def _composition(campaign: Campaign) -> list[Column]:
    formula = campaign.space.formula
    if formula is None:
        return []
    elements = dict.fromkeys(site.element for site in formula.sites)
    shares = [Column(h.share_of(each), "Where the composition was measured") for each in elements]
    return [*shares, Column(h.SHARES_ERROR, "Of one share"), Column(h.SHARES_BY, "EDX, ICP")]
