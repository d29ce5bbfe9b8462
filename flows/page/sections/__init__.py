"""The sections of the page, in the order in which they stand on it.

Each is a function of what is seen that gives HTML. Words and tables are those of the command line and of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.page.sections.approvals import approvals_section
from flows.page.sections.costs import costs_section
from flows.page.sections.data import data_section
from flows.page.sections.entering import entering_section
from flows.page.sections.progress import progress_section
from flows.page.sections.quarantine import quarantine_section
from flows.page.sections.requests import requests_section
from flows.page.sections.standing import standing_section
from flows.page.seen import Seen

PREDICTIONS, CALIBRATION = "predictions", "calibration"
"""Those that need the model."""


SECTIONS: Mapping[str, tuple[str, Callable[[Seen], str]]] = {
    "standing": ("How it stands", standing_section),
    "progress": ("Best so far", progress_section),
    "requests": ("Asked for, and why", requests_section),
    "data": ("What was learned from", data_section),
    "costs": ("At what cost", costs_section),
}
"""By the section's id: its heading, and what makes it of what is seen."""

DECISIONS: Mapping[str, tuple[str, Callable[[Seen, str], str]]] = {
    "approvals": ("Waits for approval", approvals_section),
    "entering": ("Waits to be measured by people", entering_section),
    "quarantine": ("Put aside", quarantine_section),
}
"""Those where a person decides; they need the token of the page too."""
