"""What a counterfactual comes to, in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping

from loop.whatif.course import Course, Value


def verdict(changes: Mapping[str, str], unit: str, recorded: Course, other: Course) -> str:
    """Say what a change would have brought.

    Parameters
    ----------
    changes
        What was changed.
    unit
        Of the objective.
    recorded, other
        What was, and what would have been.
    """
    words = ", ".join(f"{key}={value}" for key, value in changes.items()) or "nothing changed"
    return f"With {words}: {_outcome(unit, recorded, other)}. {_modelled(other)}{_put_aside(other)}"


def _outcome(unit: str, recorded: Course, other: Course) -> str:
    if [value.x for value in recorded.measured] == [value.x for value in other.measured]:
        return "the same measurements, in the same order"
    best, others = recorded.best, other.best
    if best is None or others is None:
        return "nothing to compare, since one of the two measured nothing of the objective"
    before, after = recorded.needed(best.value), other.needed(best.value)
    if after is None:
        return (
            f"the best recorded value, {best.value:g} {unit} ({best.label}), is not reached in "
            f"{len(other.measured)} measurements; the best is {_shown(others, unit)}"
        )
    reached = other.measured[after - 1]
    by = f", by {_shown(reached, unit)}" if reached.x != best.x else ""
    return (
        f"the best recorded value, {best.value:g} {unit} ({best.label}), is reached after {after} measurements "
        f"instead of {before}{by}"
    )


def _shown(value: Value, unit: str) -> str:
    kind = "modelled" if value.is_modelled else "recorded"
    return f"{value.value:g} {unit} ({value.label}, {kind})"


def _modelled(other: Course) -> str:
    measured, others = other.modelled
    if not measured and not others:
        return "All values are recorded ones."
    return (
        f"{measured} of {len(other.measured)} measured and {others} of {other.others} other values are modelled: "
        "posterior means of the model of all recorded data, not data."
    )


def _put_aside(other: Course) -> str:
    count = sum(len(step.put_aside) for step in other.steps)
    return f" {count} put aside." if count else ""
