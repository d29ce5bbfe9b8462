"""A worksheet for people: one row a request, the left part written, the right part to be filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from adapters.worksheets import heading as h
from loop.campaign import Campaign
from loop.errors import CompositionError
from loop.records import Request, sample_id

_MARK = "\ufeff"


def sheet_of(requests: Sequence[Request], campaign: Campaign, separator: str = ",") -> bytes:
    """Write a worksheet.

    Parameters
    ----------
    requests
        One row each.
    campaign
        Gives variables, units and what is weighed for a synthesis.
    separator
        Of the cells: a semicolon where Excel uses decimal commas.

    Returns
    -------
    bytes
        CSV in UTF-8 with a byte-order mark, by which Excel knows the encoding; lines end as Excel writes them.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    elements = _elements(campaign)
    left = [given(request, campaign) for request in requests]
    names = list(dict.fromkeys(name for row in left for name in row))
    writer.writerow([*names, *h.BEFORE, *map(h.share_of, elements), *h.AFTER])
    blanks = [""] * (len(elements) + len(h.AFTER))
    for request, row in zip(requests, left, strict=True):
        unit = campaign.table.targets[request.target].unit
        fill = [unit if name == h.UNIT else "" for name in h.BEFORE]
        writer.writerow([*(row.get(name, "") for name in names), *fill, *blanks])
    return (_MARK + stream.getvalue()).encode()


def _elements(campaign: Campaign) -> list[str]:
    formula = campaign.space.formula
    return [] if formula is None else list(dict.fromkeys(site.element for site in formula.sites))


def given(request: Request, campaign: Campaign) -> dict[str, str]:
    """What a worksheet says of a request, by column.

    Parameters
    ----------
    request
        What is asked.
    campaign
        As for :func:`sheet_of`.
    """
    row = {h.REQUEST: request.id, h.SAMPLE: sample_id(request.repeats or request.id), h.WHAT: request.label}
    row |= {name: f"{v:g}" if isinstance(v, float) else v for name, v in campaign.space.written(request.x).items()}
    if campaign.synthesis is None or request.repeats:
        return row
    try:
        grams = campaign.synthesis.weigh_out(request.x).grams
        row |= {f"weigh {name} (g)": f"{mass:.4f}" for name, mass in grams.items()}
    except CompositionError as error:
        row["weigh out"] = str(error)
    return row | {f"synthesis: {name}": str(value) for name, value in campaign.synthesis.conditions.items()}
