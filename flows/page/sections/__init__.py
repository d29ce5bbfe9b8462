"""The sections of the page, in the order in which they stand on it.

Each is a function of what is seen that gives HTML. Words and tables are those of the command line and of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.page.sections.costs import costs_section
from flows.page.sections.data import data_section
from flows.page.sections.progress import progress_section
from flows.page.sections.requests import requests_section
from flows.page.sections.standing import standing_section
from flows.page.seen import Seen

PREDICTIONS, CALIBRATION, QUARANTINE = "predictions", "calibration", "quarantine"

SECTIONS: Mapping[str, tuple[str, Callable[[Seen], str]]] = {
    "standing": ("How it stands", standing_section),
    "progress": ("Best so far", progress_section),
    "requests": ("Asked for, and why", requests_section),
    "data": ("What was learned from", data_section),
    "costs": ("At what cost", costs_section),
}
"""By the section's id: its heading, and what makes it. Those that need the
model, and quarantine, need more than what is seen."""
