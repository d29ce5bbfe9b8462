"""Everything that is looked at, one finding after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.cli.adapters import HEALTHY, Installed, installed_adapters
from flows.health.clock import clock_finding
from flows.health.engines import engine_findings, thread_finding
from flows.health.finding import Finding
from flows.health.place import place_findings
from flows.health.python import package_finding, python_finding
from flows.health.scheduler import port_finding, server_finding


def examine(workspace: Path, *, server: bool) -> Iterator[Finding]:
    """Look at everything.

    Parameters
    ----------
    workspace
        Where campaigns are kept.
    server
        Whether to start Prefect's server too, which takes some ten seconds.
    """
    yield python_finding()
    yield package_finding()
    yield from place_findings(workspace)
    yield clock_finding()
    yield thread_finding()
    yield from engine_findings()
    yield from adapter_findings(installed_adapters())
    yield port_finding()
    if server:
        yield server_finding()


def adapter_findings(found: list[Installed]) -> Iterator[Finding]:
    """One line for those that work, one for each that does not."""
    well = [each for each in found if each.health == HEALTHY]
    yield Finding("adapters", "ok" if well else "problem", f"{len(well)} of {len(found)} healthy: see douka adapters")
    for each in found:
        if each.health != HEALTHY:
            remedy = f"Only campaigns that use it need it; it is provided by {each.distribution}."
            yield Finding(f"{each.kind} {each.name}", "warn", each.health, remedy)
