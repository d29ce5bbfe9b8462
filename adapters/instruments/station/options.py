"""What the campaign file says of a station."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from adapters.instruments.procedures.bench import DeviceTable
from adapters.instruments.procedures.reduction import ResultTable
from adapters.options import Options


class StationOptions(Options):
    """Options of a station.

    Parameters
    ----------
    devices
        By name.
    steps
        Of the procedure, in order.
    result
        What becomes of the readings.
    executor
        ``plain``, ``bluesky``, or ``auto`` (bluesky where it is installed).
    repeatable
        Whether a measurement that a crash cut short may simply be done again; false for whatever changes the sample.
    lock
        A file, relative to the campaign's folder, that is locked while the devices are used: of several campaigns with
        the same lock one measures at a time. None if empty.
    """

    devices: Annotated[dict[str, DeviceTable], Field(min_length=1)]
    steps: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]
    result: ResultTable
    executor: Literal["auto", "plain", "bluesky"] = "auto"
    repeatable: bool = False
    lock: str = ""
