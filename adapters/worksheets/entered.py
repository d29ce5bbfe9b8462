"""What a person enters in a form or on the command line, as the row of a worksheet: it passes the same checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from adapters.worksheets import heading as h
from adapters.worksheets.filled import Row
from loop.records import Request

BY_HAND = Path("entered by hand")


def entered(request: Request, fields: Mapping[str, str], unit: str) -> Row:
    """Make the row of what was entered.

    Parameters
    ----------
    request
        That it answers.
    fields
        Texts by column of a worksheet, see :mod:`adapters.worksheets.heading`; what is empty may be missing. Value and
        unit may stand together: ``1.52 T``.
    unit
        Of the slot, where none is given.

    Returns
    -------
    Row
        For :meth:`adapters.instruments.worksheet.Worksheet.enter`.
    """
    texts = {name.lower(): text.strip() for name, text in fields.items()}
    value, _, stated = texts.get(h.VALUE, "").partition(" ")
    said = {**texts, h.VALUE: value, h.UNIT: stated.strip() or texts.get(h.UNIT, "") or unit, h.REQUEST: request.id}
    content = json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
    return Row(BY_HAND, 1, hashlib.sha256(content).hexdigest(), said, with_commas=False)
