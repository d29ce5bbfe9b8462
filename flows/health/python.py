"""Python, and the versions of what douka needs."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from flows.health.finding import Finding

_DISTRIBUTION = "douka"


def python_finding(found: str | None = None) -> Finding:
    """Python within the bounds of the distribution; ``found`` stands in for the running one."""
    running = found or ".".join(str(part) for part in sys.version_info[:3])
    wanted = SpecifierSet(distribution(_DISTRIBUTION).metadata["Requires-Python"] or "")
    if wanted.contains(running):
        return Finding("Python", "ok", f"{running} ({sys.executable})")
    return Finding("Python", "problem", f"{running}, expected {wanted}", "Make the environment with such a Python.")


def package_finding() -> Finding:
    """Every requirement of the distribution, with its bounds."""
    wanted = [_parsed(text) for text in distribution(_DISTRIBUTION).requires or ()]
    needed = [each for each in wanted if each is not None and (each.marker is None or each.marker.evaluate())]
    amiss = [words for each in needed if (words := package_amiss(each))]
    if amiss:
        remedy = "Install again: uv sync, or pip install --upgrade douka in an environment of its own."
        return Finding("packages", "problem", "; ".join(amiss), remedy)
    return Finding("packages", "ok", f"{len(needed)} within their bounds")


def package_amiss(wanted: Requirement) -> str:
    """What is wrong with an installed package; empty where nothing is."""
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is not installed"
    return "" if wanted.specifier.contains(found, prereleases=True) else f"{wanted.name} {found}, expected {wanted}"


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
