"""``multipyvu``: field or temperature of a Quantum Design instrument (``pip install 'douka[multipyvu]'``).

Measured traps of MultiPyVu, and what is done about them: first connections are refused now and then (tried again); its
client ends the process with status 0 when the server dies (the driver is contained); its state says *Stable* at the old
value for a second after a set (compare the reading with the set point: give a step a ``signal`` and a ``tolerance``).
"""

from __future__ import annotations

import time
from typing import Any, Literal

from adapters.instruments.devices.importing import missing_extra, required
from adapters.instruments.devices.signals import Signal, SignalDevice

_OERSTED_PER_TESLA = 1e4
_PAUSE_SECONDS = 0.5


class MultiPyVu(SignalDevice):
    """A MultiVu server's field (T) and temperature (K); one of them is set.

    Parameters
    ----------
    name
        What its signals are called after.
    sets
        ``field`` or ``temperature``.
    rate
        T/s or K/min.
    host, port
        Of the MultiPyVu server, which runs beside MultiVu.
    tries
        Connections to attempt.

    Raises
    ------
    PluginError
        Where MultiPyVu is not installed.
    ConnectionError
        Where no server answers.
    """

    def __init__(
        self,
        name: str,
        *,
        sets: Literal["field", "temperature"] = "field",
        rate: float = 0.01,
        host: str = "127.0.0.1",
        port: int = 27183,
        tries: int = 10,
    ) -> None:
        required("MultiPyVu", "multipyvu")
        client = _connected(host, port, tries)
        source = f"multipyvu:{host}:{port}"
        super().__init__(
            name,
            {
                "field": Signal(
                    get=lambda: client.get_field()[0] / _OERSTED_PER_TESLA, units="T", source=f"{source}/field"
                ),
                "temperature": Signal(
                    get=lambda: client.get_temperature()[0], units="K", source=f"{source}/temperature"
                ),
            },
            put=lambda value: _put(client, sets, value, rate),
            halt=lambda: _halt(client, sets, rate),
            let_go=client.close_client,
        )

    @staticmethod
    def missing() -> str:
        """What to install first."""
        return missing_extra("MultiPyVu", "multipyvu")


def _connected(host: str, port: int, tries: int) -> Any:
    import MultiPyVu

    for left in reversed(range(tries)):
        client = MultiPyVu.Client(host=host, port=port)
        try:
            client.open()
        except OSError:
            if not left:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return client
    raise ConnectionError(f"no MultiPyVu server at {host}:{port}")


def _put(client: Any, sets: str, value: float, rate: float) -> None:
    if sets == "field":
        mode = client.field.approach_mode.linear
        client.set_field(value * _OERSTED_PER_TESLA, rate * _OERSTED_PER_TESLA, mode)
    else:
        client.set_temperature(value, rate, client.temperature.approach_mode.fast_settle)


def _halt(client: Any, sets: str, rate: float) -> None:
    """Stay: the value of this moment becomes the set point."""
    value = client.get_field()[0] / _OERSTED_PER_TESLA if sets == "field" else client.get_temperature()[0]
    _put(client, sets, value, rate)
