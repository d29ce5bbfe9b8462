"""``function``: a Python function of the design variables, called wherever a runner runs it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from adapters.command import Command
from adapters.dft import RejectedCalculation
from adapters.options import parse_options
from adapters.simulators.calculating import Calculating, CalculatingOptions
from adapters.simulators.calling import ANSWER, POINT, found
from loop.errors import CampaignError, DataError
from loop.protocols import SlotContext
from loop.records import Provenance, Request, Result, content_key
from loop.secret import undisclosed


class FunctionOptions(CalculatingOptions):
    """Options of a slot that a Python function answers.

    Parameters
    ----------
    function
        ``package.module:name``, or ``file.py:name`` with the file relative to the campaign's folder. It is called with
        the design variables by name and returns a number in the target's unit, or a mapping with ``value``, ``unit``,
        ``uncertainty`` and ``note``. It must be pure: it may be called again.
    arguments
        Further arguments by name, the same for every point. One that is a secret, ``{ env = "NAME" }``, is looked up
        where the function is called.
    """

    function: Annotated[str, StringConstraints(pattern=r"^.+:[^\W\d]\w*$")]
    arguments: Mapping[str, float | str | bool] = Field(default_factory=dict)


class Function(Calculating):
    """A Python function as a simulator.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, or there is no such function.
    AdapterError
        Where the runner lacks what it needs; the message says how to install it.
    """

    def __init__(self, context: SlotContext) -> None:
        self._options = parse_options(FunctionOptions, context)
        where, _, name = self._options.function.rpartition(":")
        self._call = f"{(context.folder / where).resolve() if where.endswith('.py') else where}:{name}"
        self._written = undisclosed(context.options.get("arguments", {}))
        twice = sorted(set(self._options.arguments) & set(context.space.names))
        if twice:
            raise CampaignError(f"slot {context.slot!r}: options.arguments names the variable {twice[0]!r}")
        try:
            found(self._call)
        except CampaignError as error:
            raise CampaignError(f"slot {context.slot!r}: options.function: {error}") from error
        super().__init__(context, self._options)

    def command(self) -> Command:
        """A Python process that calls it."""
        program = (sys.executable, "-m", "adapters.simulators.calling", self._call)
        return Command(program, "install douka there: pip install douka", call=self._call)

    def write(self, request: Request, folder: Path) -> None:
        """Write the arguments; instead of a secret, the environment variable that holds it where it is called."""
        arguments = {**self._context.space.written(request.x), **self._written}
        (folder / POINT).write_text(json.dumps(arguments, ensure_ascii=False) + "\n", encoding="utf-8")

    def read(self, request: Request, folder: Path) -> Result:
        """Read what it returned."""
        told = _told(folder / ANSWER)
        uncertainty = told.get("uncertainty", self._options.uncertainty)
        return Result(
            request_id=request.id,
            target=self._context.target,
            x=request.x,
            value=float(told["value"]),
            unit=str(told.get("unit", self._context.unit)),
            uncertainty=None if uncertainty is None else float(uncertainty),
            label=request.label,
            provenance=Provenance(
                key=content_key(request.id, json.dumps(told, sort_keys=True)),
                adapter=self._context.slot,
                file=ANSWER,
                locator=self._options.function,
                note=str(told.get("note", "")),
            ),
        )


def _told(file: Path) -> Mapping[str, float | str]:
    """Read what stands in an answer; somebody else's program may have written it.

    Raises
    ------
    RejectedCalculation
        Where it is not there, or is no answer.
    DataError
        Where its value is no finite number.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        value = told["value"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RejectedCalculation(file, f"holds no answer ({error!r})", "Look at stderr.txt beside it.") from error
    if not isinstance(value, float | int) or not math.isfinite(value):
        raise DataError(f"its value is {value!r}, expected a finite number")
    return dict(told)
