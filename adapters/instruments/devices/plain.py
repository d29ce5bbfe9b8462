"""``object`` and ``ophyd``: whatever has ``read`` and ``describe`` already, by the name of its class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.instruments.devices.importing import missing_extra, named, required


def plain_object(name: str, *, kind: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """Make a device of any class.

    Parameters
    ----------
    name
        Passed to the class as ``name``.
    kind
        ``package.module:Class``.
    arguments
        Further keyword arguments.

    Raises
    ------
    CampaignError
        Where there is no such class.
    """
    return named(kind)(name=name, **(arguments or {}))


class Ophyd:
    """Makes a device of ophyd (``pip install 'douka[ophyd]'``), connected.

    Parameters
    ----------
    name
        Of the device.
    kind
        ``ophyd:EpicsSignal``, ``my_beamline.devices:Magnet``.
    positional, arguments
        Of the class: process variables and keywords.
    connect_seconds
        To connect to all process variables.

    Raises
    ------
    PluginError
        Where ophyd is not installed.
    TimeoutError
        Where a process variable does not answer.
    """

    def __new__(
        cls,
        name: str,
        *,
        kind: str,
        positional: Sequence[Any] = (),
        arguments: Mapping[str, Any] | None = None,
        connect_seconds: float = 10.0,
    ) -> Any:
        """Make the device itself; there is nothing to bridge."""
        required("ophyd", "ophyd")
        device = named(kind)(*positional, name=name, **(arguments or {}))
        if hasattr(device, "wait_for_connection"):
            device.wait_for_connection(timeout=connect_seconds)
        return device

    @staticmethod
    def missing() -> str:
        """What to install first."""
        return missing_extra("ophyd", "ophyd")
