"""Which driver a device has, as the campaign file says; made in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from loop.errors import PluginError

GROUP = "douka.devices"
"""Entry points of device factories: any callable that gives a device for its options, and its ``name`` among them."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """A device to be made.

    Parameters
    ----------
    device
        Its name in the campaign file.
    driver
        Name of an entry point of ``douka.devices``.
    options
        Keyword arguments of the factory; JSON.
    """

    device: str
    driver: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def make(self) -> object:
        """Import the factory and call it.

        Raises
        ------
        PluginError
            Where no driver of the name is installed, or several are.
        """
        return driver_named(self.driver).load()(name=self.device, **self.options)


def installed_drivers() -> dict[str, list[EntryPoint]]:
    """List the installed drivers by name, without importing any."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return dict(sorted(found.items()))


def driver_named(name: str) -> EntryPoint:
    """Find one driver.

    Raises
    ------
    PluginError
        Where none is installed under the name, or two distributions claim it.
    """
    found = installed_drivers()
    points = found.get(name, [])
    if len(points) > 1:
        owners = ", ".join(point.dist.name if point.dist else "unknown" for point in points)
        raise PluginError(f"two distributions register the driver {name!r}: {owners}; remove one")
    if not points:
        raise PluginError(f"there is no driver {name!r}; installed are {', '.join(found) or 'none'}")
    return points[0]
