"""What the campaign file says of a station."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from adapters.instruments.procedures.bench import DeviceTable
from adapters.instruments.procedures.reduction import ResultTable
from adapters.instruments.procedures.steps import Step, actions_of, parse_step
from adapters.options import Options
from loop.errors import CampaignError

DEVICE_KEYS = ("set", "scan", "read")


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
    """

    devices: Annotated[dict[str, DeviceTable], Field(min_length=1)]
    steps: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]
    result: ResultTable
    executor: Literal["auto", "plain", "bluesky"] = "auto"
    repeatable: bool = False

    @cached_property
    def procedure(self) -> tuple[Step, ...]:
        """The steps, read.

        Raises
        ------
        CampaignError
            Naming the step and the key.
        """
        steps = tuple(parse_step(number, table) for number, table in enumerate(self.steps, start=1))
        for number, step in enumerate(steps, start=1):
            for name in _devices_of(step):
                if name not in self.devices:
                    known = ", ".join(self.devices)
                    raise CampaignError(f"steps[{number}]: there is no device {name!r}; there are {known}")
        return steps


def require_sound(options: StationOptions, variables: Sequence[str]) -> None:
    """Notice before anything is asked what would only fail at the first request.

    Raises
    ------
    CampaignError
        Naming the step, or the device and its limits.
    """
    if not variables:
        return
    actions_of(options.procedure, dict.fromkeys(variables, 0.0))


def _devices_of(step: Step) -> list[str]:
    names: list[str] = []
    for key in DEVICE_KEYS:
        value = getattr(step, key, ())
        names += [value] if isinstance(value, str) else list(value)
    return names
