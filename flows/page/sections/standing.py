"""How the campaign stands."""

from __future__ import annotations

from html import escape

from flows.cli.status import standing_pairs
from flows.page.seen import Seen
from flows.standing import trouble_pairs
from loop.figures.page.markup import label, paragraph


def standing_section(seen: Seen) -> str:
    """What ``douka status`` says, as of the cycle."""
    order, troubles = (seen.order, seen.troubles) if seen.is_newest else (None, ())
    pairs = [*trouble_pairs(troubles), *standing_pairs(seen.campaign, seen.overview(), order, seen.called)]
    cards = "".join(f"<div><dt>{escape(name.strip())}</dt><dd>{_value(value)}</dd></div>" for name, value in pairs)
    harm = paragraph(f"Later cycles cannot be read. {seen.harm}", "warn") if seen.harm else ""
    words = f"Still reading: {seen.count} of {seen.sealed_count} cycles. This page goes on by itself."
    reading = paragraph(words, "warn") if seen.count < seen.sealed_count and not seen.harm else ""
    return f'{harm}{reading}<dl class="cards">{cards}</dl>'


def _value(text: str) -> str:
    """A sample's formula stands before the comma; it gets its subscripts."""
    first, comma, rest = text.partition(", ")
    return label(first) + escape(comma) + label(rest)
