"""What was put aside, and a person's verdict."""

from __future__ import annotations

from html import escape

from flows.page.sections.fields import hidden
from flows.page.seen import Seen
from loop.figures.page.markup import label, paragraph
from loop.figures.style import shown_unit
from loop.quantity import plain
from loop.records import Quarantined

_INTRO = "Kept with the reason, not learned from. A verdict is sealed with your reason, your name and the time."


def quarantine_section(seen: Seen, token: str) -> str:
    """Every value that is put aside, with its reason; of the newest cycle those without a verdict can be judged.

    Parameters
    ----------
    seen
        What is seen.
    token
        That a verdict has to carry, so that no other page can give one.
    """
    if not seen.state.quarantine:
        return paragraph("Nothing is put aside: every value that came in was learned from.")
    items = "".join(_item(seen, item, token) for item in seen.state.quarantine)
    return f'{paragraph(_INTRO)}<ul class="aside">{items}</ul>'


def _item(seen: Seen, item: Quarantined, token: str) -> str:
    source = " ".join(filter(None, (item.provenance.laboratory, item.provenance.file, item.provenance.locator)))
    return (
        f"<li><h3>{label(item.label)}: {label(f'{plain(item.value)} {shown_unit(item.unit)}'.strip())}</h3>"
        + paragraph(item.reason)
        + (paragraph(f"From {source}", "of") if source else "")
        + _verdict(seen, item, token)
        + "</li>"
    )


def _verdict(seen: Seen, item: Quarantined, token: str) -> str:
    if item.verdict:
        return paragraph(item.verdict)
    if item.id in seen.pending:
        return paragraph(f"{seen.pending[item.id]}: the process at work seals that before its next cycle.")
    if not seen.is_newest:
        return paragraph(item.remedy, "of") if item.remedy else ""
    name = f"reason-{escape(item.id)}"
    return (
        paragraph(item.remedy, "of")
        + '<form class="verdict" method="post" action="/verdict">'
        + hidden(token=token, item=item.id)
        + f'<label for="{name}">Reason</label> <input id="{name}" name="reason" required>'
        + '<button name="verdict" value="accept">Accept</button> <button name="verdict" value="reject">Reject</button>'
        + "</form>"
    )
