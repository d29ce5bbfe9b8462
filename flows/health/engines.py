"""Programs that calculate."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from flows.health.finding import Finding

# What a campaign's [code] calls where it names no other command, and how Debian calls the package.
_ENGINES = {
    "elk": (("elk-lapw", "elk"), "apt-get install elk-lapw"),
    "espresso": (("pw.x",), "apt-get install quantum-espresso"),
}
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def engine_findings(path: str | None = None) -> list[Finding]:
    """First-principles codes on the path; one that is missing matters only to campaigns that use it."""
    return [_engine(adapter, names, install, path) for adapter, (names, install) in _ENGINES.items()]


def thread_finding(environment: Mapping[str, str] = os.environ) -> Finding:
    """Threads of linear algebra that the shell asks for: cycles use one, codes as many as their campaign says."""
    cores = os.cpu_count() or 1
    asked = {name: environment[name] for name in _THREADS if name in environment}
    odd = {name: text for name, text in asked.items() if not (text.isdigit() and 1 <= int(text) <= cores)}
    if odd:
        said = ", ".join(f"{name}={text}" for name, text in odd.items())
        return Finding("threads", "warn", f"{said} on {cores} cores", "Unset it, or give 1 to the number of cores.")
    shown = ", ".join(f"{name}={text}" for name, text in asked.items()) or "as the libraries choose"
    return Finding("threads", "ok", f"{cores} cores, {shown}; the loop's own arithmetic uses one")


def _engine(adapter: str, names: tuple[str, ...], install: str, path: str | None) -> Finding:
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return Finding(f"engine {adapter}", "ok", found)
    remedy = f"Only campaigns with the adapter {adapter!r} need it: {install}, or name its command in their options."
    return Finding(f"engine {adapter}", "warn", f"{' or '.join(names)} is not on the path", remedy)
