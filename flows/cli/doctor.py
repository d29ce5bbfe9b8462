"""``douka doctor``."""

from __future__ import annotations

import sys
from dataclasses import asdict

from flows.cli.output import console, print_json
from flows.cli.places import WORKSPACE
from flows.health.examination import examine
from flows.health.finding import Finding

UNWELL = 1
_STYLES = {"ok": "green", "warn": "yellow", "problem": "red"}


def doctor_command(*, server: bool, as_json: bool) -> None:
    """Say what is well and what is not; exit 1 where no campaign could run."""
    found: list[Finding] = []
    for finding in examine(WORKSPACE, server=server):
        found.append(finding)
        if not as_json:
            console.print(f"{finding.outcome:<7}", style=_STYLES[finding.outcome], end="  ")
            console.print(f"{finding.subject}: {finding.text}")
            if finding.remedy:
                console.print(f"         {finding.remedy}")
    if as_json:
        print_json([asdict(finding) for finding in found])
    if any(finding.outcome == "problem" for finding in found):
        sys.exit(UNWELL)
