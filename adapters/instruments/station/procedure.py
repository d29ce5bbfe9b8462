"""The procedure of a station, read and held against its devices."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.instruments.procedures.steps import Step, actions_of, parse_step
from adapters.instruments.station.options import StationOptions
from loop.errors import CampaignError

_DEVICE_KEYS = ("set", "scan", "read")


def procedure_of(options: StationOptions, variables: Sequence[str]) -> tuple[Step, ...]:
    """Read the steps of a station, so that nothing is left to fail at the first request.

    Parameters
    ----------
    options
        Of the station.
    variables
        Names of the design variables which set points may use: those that are numbers.

    Raises
    ------
    CampaignError
        Naming the step and the key.
    """
    steps = tuple(parse_step(number, table) for number, table in enumerate(options.steps, start=1))
    for number, step in enumerate(steps, start=1):
        for name in _devices_of(step):
            if name not in options.devices:
                known = ", ".join(options.devices)
                raise CampaignError(f"steps[{number}]: there is no device {name!r}; there are {known}")
    actions_of(steps, dict.fromkeys(variables, 0.0))
    return steps


def _devices_of(step: Step) -> list[str]:
    names: list[str] = []
    for key in _DEVICE_KEYS:
        value = getattr(step, key, ())
        names += [value] if isinstance(value, str) else list(value)
    return names
