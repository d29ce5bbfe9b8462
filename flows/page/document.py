"""The page as a whole."""

from __future__ import annotations

import json
from html import escape

from flows.page.figures.house import DARK
from flows.page.sections import CALIBRATION, DECISIONS, PREDICTIONS, SECTIONS
from flows.page.sections.predictions import controls
from flows.page.seen import Seen
from flows.page.times import dated
from loop.figures.page.markup import paragraph

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/plotly.min.js" defer></script>
<script src="/assets/page.js" defer></script>
</head>
"""


def page(seen: Seen, token: str) -> str:
    """Write the whole page.

    Parameters
    ----------
    seen
        What is seen.
    token
        That a verdict has to carry.
    """
    table = seen.campaign.table
    headings = {name: title for name, (title, _) in [*SECTIONS.items(), *DECISIONS.items()]}
    headings |= {PREDICTIONS: "What the model predicts", CALIBRATION: "Were the predictions right?"}
    asked = ["approvals", "entering", "requests", "quarantine"]
    order = ["standing", "progress", PREDICTIONS, *asked, CALIBRATION, "data", "costs"]
    links = "".join(f'<li><a href="#{name}">{escape(headings[name])}</a></li>' for name in order)
    contents = {PREDICTIONS: "", CALIBRATION: "", **parts(seen, token)}
    body = "".join(_section(name, headings[name], contents[name], seen) for name in order)
    return (
        _HEAD.format(title=escape(f"{seen.campaign.name}: {table.title}"))
        + '<body><a class="skip" href="#standing">Skip to how it stands</a>'
        + f"<header><h1>{escape(table.title)}</h1>{paragraph(table.description, 'of') if table.description else ''}"
        + f'<nav aria-label="Sections"><ul>{links}</ul></nav></header>'
        + _clock(seen)
        + f'<main data-cycle="{seen.cycle}" data-count="{seen.count}" data-dark="{escape(json.dumps(DARK))}">'
        + f"{body}</main></body></html>\n"
    )


def parts(seen: Seen, token: str) -> dict[str, str]:
    """What changes from cycle to cycle and needs no model: HTML by section."""
    made = {name: make(seen) for name, (_, make) in SECTIONS.items()}
    made |= {name: make(seen, token) for name, (_, make) in DECISIONS.items()}
    return {name: dated(html) for name, html in made.items()}


def empty(called: str, place: str, harm: str) -> str:
    """The page while there is no cycle to show, saying what to do."""
    what = (
        paragraph(f"The history cannot be read. {harm}", "warn")
        if harm
        else paragraph(f"{called} has not sealed a cycle yet ({place}). This page shows the first one by itself.")
        + f"<pre><code>douka run {escape(called)}</code></pre>"
    )
    return (
        _HEAD.format(title=escape(called))
        + f"<body><header><h1>{escape(called)}</h1></header>"
        + f'<main data-cycle="-1" data-count="0"><section id="standing">{what}</section></main></body></html>\n'
    )


def _section(name: str, heading: str, content: str, seen: Seen) -> str:
    above = controls(seen.campaign) if name == PREDICTIONS else ""
    return (
        f'<section id="{name}" aria-labelledby="h-{name}"><h2 id="h-{name}">{escape(heading)}</h2>{above}'
        f'<div class="content">{content}</div></section>'
    )


def _clock(seen: Seen) -> str:
    last = seen.count - 1
    return (
        '<form class="clock" id="clock" method="get" action="/" aria-label="Time">'
        '<label for="cycle">As of cycle</label>'
        '<button type="button" id="back" aria-label="One cycle back">◀</button>'
        f'<input type="range" id="cycle" name="cycle" min="0" max="{last}" value="{seen.cycle}">'
        '<button type="button" id="on" aria-label="One cycle on">▶</button>'
        f'<output id="at" for="cycle">{moment_words(seen)}</output>'
        '<button type="button" id="newest">Newest</button>'
        "<noscript><button>Show</button></noscript>"
        '<p id="news" role="status" aria-live="polite"></p></form>'
    )


def moment_words(seen: Seen) -> str:
    """Which cycle is shown, and when it was sealed: HTML."""
    when = seen.sealed(seen.cycle)
    return dated(escape(f"{seen.cycle} of {seen.count - 1}" + (f", sealed {when}" if when else "")))
