"""``douka adapters``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint, entry_points

from flows.cli.output import print_json, print_table

KINDS = {
    "douka.simulators": "simulator",
    "douka.instruments": "instrument",
    "douka.devices": "device",
    "douka.rules": "rule",
}
HEALTHY = "healthy"
Key = tuple[str, str]
_SECONDS = 60.0
# In a process of its own: importing a driver may hang, exit, or crash.
_IMPORT = """
import json, sys
from importlib.metadata import EntryPoint
for name, value, group in json.loads(sys.argv[1]):
    try:
        words = getattr(EntryPoint(name, value, group).load(), "missing", lambda: "")()
    except BaseException as error:
        words = f"cannot be imported: {type(error).__name__}: {error}"
    print(json.dumps([name, group, words]), file=sys.stderr, flush=True)
"""


@dataclass(frozen=True)
class Installed:
    """A plug-in and its health.

    Parameters
    ----------
    kind, name
        What it is and what campaign files call it.
    distribution, version
        Who provides it.
    health
        ``healthy``, or why not.
    """

    kind: str
    name: str
    distribution: str
    version: str
    health: str


def adapters_command(*, as_json: bool) -> None:
    """List what is installed, who provides it, and whether it can be used."""
    found = installed_adapters()
    if as_json:
        print_json([asdict(item) for item in found])
        return
    print_table(
        "",
        ("kind", "name", "from", "health"),
        [(item.kind, item.name, f"{item.distribution} {item.version}", item.health) for item in found],
    )


def installed_adapters() -> list[Installed]:
    """Import everything that is installed, in processes of their own, and say how that went."""
    points = [point for group in KINDS for point in sorted(entry_points(group=group), key=lambda point: point.name)]
    health = _health_of(points)
    return [_installed(point, points, health) for point in points]


def _installed(point: EntryPoint, points: Sequence[EntryPoint], health: Mapping[Key, str]) -> Installed:
    distribution = point.dist
    owner = distribution.name if distribution else "unknown"
    version = distribution.version if distribution else "unknown"
    twins = [each for each in points if _key(each) == _key(point)]
    words = health[_key(point)] if len(twins) == 1 else "two distributions register this name: remove one"
    return Installed(KINDS[point.group], point.name, owner, version, words or HEALTHY)


def _health_of(points: Sequence[EntryPoint]) -> dict[Key, str]:
    """Import the plug-ins of a distribution together; one by one where that does not end well."""
    found: dict[Key, str] = {}
    by_owner: dict[str, list[EntryPoint]] = {}
    for point in points:
        by_owner.setdefault(point.dist.name if point.dist else "", []).append(point)
    for mine in by_owner.values():
        found |= _imported(mine)[0]
        for point in mine:
            if _key(point) not in found:
                alone, end = _imported([point])
                found |= {_key(point): alone.get(_key(point), end)}
    return found


def _imported(points: Sequence[EntryPoint]) -> tuple[dict[Key, str], str]:
    """What importing says of each plug-in, and how the process ended."""
    wanted = json.dumps([(point.name, point.value, point.group) for point in points])
    command = [sys.executable, "-c", _IMPORT, wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {}, f"importing it takes more than {_SECONDS:g} s"
    found: dict[Key, str] = {}
    for line in done.stderr.splitlines():
        with suppress(ValueError, TypeError):  # what a library prints while it is imported
            name, group, words = json.loads(line)
            found[group, name] = words
    return found, f"importing it ends the process with status {done.returncode}"


def _key(point: EntryPoint) -> Key:
    return point.group, point.name
