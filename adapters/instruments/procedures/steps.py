"""The steps of a procedure, as they stand in a campaign file.

Values of set points are numbers, or linear expressions of the design variables (``"300 + 200*anneal"``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, ValidationError

from adapters.instruments.procedures.actions import Action, Move, Pause, Take
from adapters.options import Options
from loop.errors import CampaignError
from loop.space.expression import LinearExpression

Amount = float | str
Values = Mapping[str, float]


class SetStep(Options):
    """``{ set = "magnet", to = 1.5, signal = "magnet_field", tolerance = 0.01 }``."""

    set: str
    to: Amount
    signal: str = ""
    tolerance: NonNegativeFloat = 0.0
    timeout: PositiveFloat = 60.0
    dwell: NonNegativeFloat = 0.0

    def actions(self, values: Values) -> Iterator[Action]:
        """One move."""
        yield self._move(amount(self.to, values))

    def _move(self, value: float) -> Move:
        return Move(
            device=self.set,
            value=value,
            signal=self.signal,
            tolerance=self.tolerance,
            timeout=self.timeout,
            dwell=self.dwell,
        )


class WaitStep(Options):
    """``{ wait = 2.0 }``, in seconds."""

    wait: NonNegativeFloat

    def actions(self, values: Values) -> Iterator[Action]:  # noqa: ARG002 - every step takes the same
        """One pause."""
        yield Pause(seconds=self.wait)


class ReadStep(Options):
    """``{ read = "magnetometer", repeat = 5, every = 0.2 }``."""

    read: str
    repeat: PositiveInt = 1
    every: NonNegativeFloat = 0.0
    timeout: PositiveFloat = 10.0

    def actions(self, values: Values) -> Iterator[Action]:  # noqa: ARG002 - every step takes the same
        """As many readings as wanted."""
        for number in range(self.repeat):
            if number and self.every:
                yield Pause(seconds=self.every)
            yield Take(device=self.read, timeout=self.timeout)


class ScanStep(Options):
    """``{ scan = "magnet", start = 1, stop = 3, points = 9, read = ["magnetometer"] }``: go, read, go on."""

    scan: str
    start: Amount
    stop: Amount
    points: Annotated[int, Field(ge=2)]
    read: Annotated[tuple[str, ...], Field(min_length=1)]
    signal: str = ""
    tolerance: NonNegativeFloat = 0.0
    timeout: PositiveFloat = 60.0
    dwell: NonNegativeFloat = 0.0
    repeat: PositiveInt = 1

    def actions(self, values: Values) -> Iterator[Action]:
        """Move and readings, point by point."""
        first, last = amount(self.start, values), amount(self.stop, values)
        for number in range(self.points):
            yield Move(
                device=self.scan,
                value=first + (last - first) * number / (self.points - 1),
                signal=self.signal,
                tolerance=self.tolerance,
                timeout=self.timeout,
                dwell=self.dwell,
            )
            for _ in range(self.repeat):
                yield from (Take(device=device) for device in self.read)


Step = SetStep | WaitStep | ReadStep | ScanStep
KINDS: Mapping[str, type[SetStep] | type[WaitStep] | type[ReadStep] | type[ScanStep]] = {
    "scan": ScanStep,
    "set": SetStep,
    "wait": WaitStep,
    "read": ReadStep,
}
"""By the key that tells them apart; ``scan`` first, since it reads too."""


def parse_step(number: int, table: Mapping[str, Any]) -> Step:
    """Read one step.

    Raises
    ------
    CampaignError
        Naming the step and the key, what was found and what was expected.
    """
    kind = next((KINDS[key] for key in KINDS if key in table), None)
    if kind is None:
        found = ", ".join(table) or "nothing"
        raise CampaignError(f"steps[{number}]: found {found}, expected one of the keys {', '.join(KINDS)}")
    try:
        return kind.model_validate(dict(table))
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise CampaignError(
            f"steps[{number}].{key}: {problem['msg']} (found {problem['input']!r}); "
            f"a step with {kind.__doc__ or ''} has the keys {', '.join(kind.model_fields)}"
        ) from error


def actions_of(steps: Sequence[Step], values: Values) -> list[Action]:
    """Everything a procedure does for one request, in order.

    Parameters
    ----------
    steps
        Of the procedure.
    values
        Design point, by variable.
    """
    return [action for step in steps for action in step.actions(values)]


def amount(given: Amount, values: Values) -> float:
    """A number as it is, or a linear expression at a design point.

    Raises
    ------
    CampaignError
        Where the expression cannot be read, or names what is no variable.
    """
    if not isinstance(given, str):
        return float(given)
    expression = LinearExpression.parse(given)
    unknown = sorted(set(expression.coefficients) - set(values))
    if unknown:
        raise CampaignError(f"{given!r} names {', '.join(unknown)}, expected some of {', '.join(values) or 'none'}")
    return expression.constant + sum(factor * values[name] for name, factor in expression.coefficients.items())
