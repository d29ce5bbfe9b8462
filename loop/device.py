"""What a device is: any object with the methods of bluesky's structural protocols.

Nothing needs to be inherited and bluesky need not be installed, so that drivers of PyMeasure, QCoDeS, ophyd,
ophyd-async and plain classes are all devices, through thin bridges or as they are. See
https://blueskyproject.io/bluesky/main/hardware.html for what each method means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

Reading = Mapping[str, Any]
"""``{"value": …, "timestamp": seconds since 1970}`` of one signal."""
Description = Mapping[str, Any]
"""``{"source": …, "dtype": …, "shape": […], "units": …}`` of one signal."""


@runtime_checkable
class Readable(Protocol):
    """Something that can be read: the least that a device is."""

    @property
    def name(self) -> str:
        """What its signals are called after."""

    def read(self) -> Mapping[str, Reading]:
        """Value and time of every signal."""

    def describe(self) -> Mapping[str, Description]:
        """Where the signals come from, their types, shapes and units; the same keys as :meth:`read`."""


@runtime_checkable
class Triggerable(Protocol):
    """Something that takes a new value when told to; the answer is a status that can be waited for."""

    def trigger(self) -> Any:
        """Take a new value."""


@runtime_checkable
class Movable(Protocol):
    """Something that can be set; the answer is a status that can be waited for."""

    def set(self, value: Any) -> Any:
        """Go to a value."""


@runtime_checkable
class Stoppable(Protocol):
    """Something that can be brought to rest."""

    def stop(self, *, success: bool = True) -> Any:
        """Come to rest, at once and again if asked again."""


@runtime_checkable
class Checkable(Protocol):
    """Something that knows what it may be set to."""

    def check_value(self, value: Any) -> Any:
        """Raise where it may not be set to a value."""


@runtime_checkable
class Configurable(Protocol):
    """Something with settings that do not change during a measurement."""

    def read_configuration(self) -> Mapping[str, Reading]:
        """Value and time of every setting."""

    def describe_configuration(self) -> Mapping[str, Description]:
        """Like :meth:`Readable.describe`, of the settings."""


@runtime_checkable
class Loadable(Protocol):
    """Something that is told which sample it holds: a sample changer, or a soft instrument."""

    def load(self, sample: Mapping[str, Any]) -> Any:
        """Take the sample of a request: its ``request``, ``label`` and ``x`` (by variable)."""


@runtime_checkable
class Closable(Protocol):
    """Something that holds a connection."""

    def close(self) -> Any:
        """Let go of it."""


ROLES: Mapping[str, type] = {
    "readable": Readable,
    "triggerable": Triggerable,
    "movable": Movable,
    "stoppable": Stoppable,
    "checkable": Checkable,
    "configurable": Configurable,
    "loadable": Loadable,
    "closable": Closable,
}
"""What a device can be asked to do, by name."""


def roles_of(device: object) -> tuple[str, ...]:
    """Names of the roles that a device plays, by its methods.

    Parameters
    ----------
    device
        Any object.
    """
    return tuple(name for name, protocol in ROLES.items() if isinstance(device, protocol))
