"""``pymeasure``: instruments of PyMeasure (``pip install 'douka[pymeasure]'``), property by property."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.instruments.devices.importing import missing_extra, named, required
from adapters.instruments.devices.signals import Signal, SignalDevice
from loop.errors import CampaignError


class PyMeasure(SignalDevice):
    """An instrument of PyMeasure.

    Parameters
    ----------
    name
        What its signals are called after.
    instrument
        ``pymeasure.instruments.lakeshore:LakeShore425``, or a class of your own.
    address
        Of VISA: ``TCPIP::127.0.0.1::7777::SOCKET``, ``GPIB::12``.
    signals
        By key, ``{ property = "field", units = "G" }``.
    setpoint
        Property that ``set`` writes.
    before
        Properties to be written once after connecting.
    halt
        Method that brings it to rest, such as ``shutdown``.
    visa_library
        ``@py`` for pyvisa-py; ``FILE@sim`` for pyvisa-sim.
    connection
        Further arguments of the connection, such as ``{ read_termination = … }``.

    Raises
    ------
    PluginError
        Where PyMeasure is not installed.
    CampaignError
        Where there is no such instrument or property.
    """

    def __init__(
        self,
        name: str,
        *,
        instrument: str,
        address: str,
        signals: Mapping[str, Mapping[str, str]],
        setpoint: str = "",
        before: Mapping[str, Any] | None = None,
        halt: str = "",
        visa_library: str = "@py",
        connection: Mapping[str, Any] | None = None,
    ) -> None:
        required("pymeasure", "pymeasure")
        made = named(instrument)(address, visa_library=visa_library, **(connection or {}))
        for key, value in (before or {}).items():
            _require(made, key)
            setattr(made, key, value)
        super().__init__(
            name,
            {key: _signal(made, instrument, table) for key, table in signals.items()},
            put=(lambda value: setattr(made, setpoint, value)) if setpoint else None,
            halt=getattr(made, halt) if halt else None,
            let_go=made.adapter.close,
        )

    @staticmethod
    def missing() -> str:
        """What to install first."""
        return missing_extra("pymeasure", "pymeasure")


def _signal(made: Any, instrument: str, table: Mapping[str, str]) -> Signal:
    wanted = table["property"]
    _require(made, wanted)
    return Signal(
        get=lambda: getattr(made, wanted), units=table.get("units", ""), source=f"pymeasure:{instrument}.{wanted}"
    )


def _require(made: Any, wanted: str) -> None:
    if not hasattr(type(made), wanted):
        raise CampaignError(f"{type(made).__name__} has no property {wanted!r}")
