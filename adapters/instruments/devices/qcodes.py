"""``qcodes``: instruments of QCoDeS (``pip install 'douka[qcodes]'``), parameter by parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.instruments.devices.importing import missing_extra, named, required
from adapters.instruments.devices.signals import Signal, SignalDevice
from loop.errors import CampaignError


class QCoDeS(SignalDevice):
    """An instrument of QCoDeS; units are those of its parameters.

    Parameters
    ----------
    name
        What its signals are called after.
    instrument
        ``qcodes.instrument_drivers.Lakeshore:LakeshoreModel336``, or a class of your own.
    arguments
        Of the class, besides the name: ``{ address = "TCPIP::127.0.0.1::7777::SOCKET" }``.
    signals
        By key, the parameter's name; of a submodule ``A.temperature``.
    setpoint
        Parameter that ``set`` writes.
    halt
        Function of the instrument that brings it to rest.

    Raises
    ------
    PluginError
        Where QCoDeS is not installed.
    CampaignError
        Where there is no such instrument or parameter.
    """

    def __init__(
        self,
        name: str,
        *,
        instrument: str,
        signals: Mapping[str, str],
        arguments: Mapping[str, Any] | None = None,
        setpoint: str = "",
        halt: str = "",
    ) -> None:
        required("qcodes", "qcodes")
        made = named(instrument)(name, **(arguments or {}))
        super().__init__(
            name,
            {key: _signal(made, wanted) for key, wanted in signals.items()},
            put=_parameter(made, setpoint) if setpoint else None,
            halt=getattr(made, halt) if halt else None,
            let_go=made.close,
        )

    @staticmethod
    def missing() -> str:
        """What to install first."""
        return missing_extra("qcodes", "qcodes")


def _signal(made: Any, wanted: str) -> Signal:
    parameter = _parameter(made, wanted)
    return Signal(get=parameter, units=str(parameter.unit or ""), source=f"qcodes:{type(made).__name__}.{wanted}")


def _parameter(made: Any, wanted: str) -> Any:
    found = made
    for part in wanted.split("."):
        if not hasattr(found, part):
            known = ", ".join(sorted(made.parameters))
            raise CampaignError(f"{type(made).__name__} has no parameter {wanted!r}; it has {known}")
        found = getattr(found, part)
    return found
