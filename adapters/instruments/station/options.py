"""What the campaign file says of a station."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import to_json

from adapters.instruments.procedures.bench import DeviceTable
from adapters.instruments.procedures.reduction import ResultTable
from adapters.options import Options
from loop.history.durable import replace_file
from loop.secret import disclosed, secrets_of

_FILE = "station.json"


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


def keep_options(folder: Path, written: Mapping[str, Any]) -> None:
    """Write the options for the supervisor, beside the history.

    Parameters
    ----------
    folder
        Of the station.
    written
        As in the campaign file: a secret stays in the environment, which the supervisor inherits.
    """
    replace_file(folder / _FILE, to_json(written, indent=1))


def kept_options(folder: Path) -> StationOptions:
    """Read the options that the station has now.

    Raises
    ------
    CampaignError
        Where they refer to an environment variable that is not set here.
    """
    written = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return StationOptions.model_validate(disclosed(written, folder.name))


def secrets_in(folder: Path) -> tuple[str, ...]:
    """What the options disclose, longest first: nothing that a driver says of it is to be written down."""
    return secrets_of((folder / _FILE).read_text(encoding="utf-8"))
