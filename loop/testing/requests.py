"""Slots and requests to test an adapter with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loop.protocols import SlotContext
from loop.records import Reason, Request, Source, Status
from loop.space import Formula, Space, Variable


def slot_context(
    folder: Path,
    *,
    options: Mapping[str, Any] | None = None,
    variables: Mapping[str, tuple[float, float]] | None = None,
    formula: str | None = "Fe{1-a}Co{a}",
    target: str = "calculated",
    unit: str = "muB/f.u.",
    seed: int = 0,
) -> SlotContext:
    """Make what an adapter is told when it is made.

    Parameters
    ----------
    folder
        Of the campaign; the adapter's own folder is below it.
    options
        The slot's options; none if absent.
    variables
        Bounds by name; ``a`` from 0 to 1 if absent.
    formula
        Template of the design space, or None.
    target, unit, seed
        See :class:`~loop.protocols.SlotContext`.
    """
    axes = tuple(Variable(name, *bounds) for name, bounds in (variables or {"a": (0.0, 1.0)}).items())
    parsed = None if formula is None else Formula.parse(formula, [axis.name for axis in axes])
    return SlotContext(
        slot="slot",
        target=target,
        unit=unit,
        space=Space(axes, parsed),
        folder=folder,
        state=folder / "adapters" / "slot",
        options=dict(options or {}),
        seed=seed,
    )


def request_at(
    context: SlotContext, x: Sequence[float], number: int = 0, source: Source = Source.CALCULATION
) -> Request:
    """Make a sealed request of a slot at a design point.

    Parameters
    ----------
    context
        Of the slot.
    x
        Design point.
    number
        Rank within the cycle; part of the request's id.
    source
        Calculation or experiment.
    """
    nan = float("nan")
    return Request(
        id=f"000000-{context.slot}-{number}",
        cycle=0,
        source=source,
        adapter=context.slot,
        target=context.target,
        x=tuple(float(value) for value in x),
        label=context.space.label(x),
        cost=1.0,
        reason=Reason(rule="start", text="to test the adapter", mean=nan, deviation=nan, acquisition=nan),
        status=Status.SEALED,
    )
