"""The point that a person chose, from what they wrote: the same on the command line and in the live page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loop.errors import DataError
from loop.space import Space, Variable


def chosen_point(space: Space, x: Sequence[float], texts: Mapping[str, str]) -> tuple[float, ...]:
    """Read a point that is to be asked for instead of another one.

    Parameters
    ----------
    space
        Of the campaign.
    x
        The point asked for; the values of variables that are not named, or are as :meth:`Variable.text` writes them.
    texts
        What was written, by variable.

    Raises
    ------
    DataError
        Where a text is of no variable, or no number or category of its own. Bounds, steps and constraints are the
        business of who takes the decision in.
    """
    unknown = [name for name in texts if name not in space.names]
    if unknown:
        raise DataError(f"{unknown[0]}: there is no such variable, expected one of {', '.join(space.names)}")
    pairs = zip(space.variables, x, strict=True)
    return tuple(_value(each, value, texts.get(each.name, each.text(value))) for each, value in pairs)


def _value(variable: Variable, value: float, text: str) -> float:
    """What is written rounded, and was not touched, stays what it was to the last digit."""
    text = text.strip()
    if text == variable.text(value):
        return value
    if variable.values:
        return variable.position(text)
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{variable.name}: found {text!r}, expected a number such as {value:g}") from None


def allowed(variable: Variable) -> str:
    """Say what a person may write: bounds and steps, or categories."""
    if variable.values:
        return f"one of {', '.join(variable.values)}"
    steps = "" if variable.step is None else f", in steps of {variable.step:g}"
    return f"{variable.low:g} to {variable.high:g}{steps}"
