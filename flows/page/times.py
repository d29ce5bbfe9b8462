"""Moments as people write them; machines find them in the attribute."""

from __future__ import annotations

import re
from datetime import datetime

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)")
_NO_TEXT = re.compile(r"(<script.*?</script>|<[^>]*>)", re.DOTALL)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def dated(html: str) -> str:
    """Write each moment in the text of a piece of HTML as people do, in a ``<time>``; attributes and scripts stay.

    Parameters
    ----------
    html
        Its moments are of ISO 8601, UTC.
    """
    pieces = _NO_TEXT.split(html)
    return "".join(piece if piece.startswith("<") else _MOMENT.sub(_time, piece) for piece in pieces)


def _time(found: re.Match[str]) -> str:
    try:
        moment = datetime.fromisoformat(found[0])
    except ValueError:
        return found[0]
    words = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"
    return f'<time datetime="{found[0]}">{words}</time>'
