"""How a campaign at work reports to whoever started it, in the same process."""

from __future__ import annotations

from collections.abc import Callable

from loop.records import CycleRecord
from loop.session import Session

OnCycle = Callable[[CycleRecord, Session], None]
"""Called with each sealed record, after its requests are handed out."""

OnWait = Callable[[Session], None]
"""Called each time there was nothing to do yet."""

Say = Callable[[str], None]
"""Called with a line for a person."""
