"""First-principles codes as simulators: a composition becomes a crystal, a crystal inputs, outputs a magnetization."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from adapters.command import Command
from adapters.dft.inputs.code import Code
from adapters.dft.inputs.crystal import CrystalOptions, Crystals
from adapters.options import parse_options
from adapters.simulators.answering import require_magnetization, result_of
from adapters.simulators.calculating import Calculating, CalculatingOptions
from loop.errors import AdapterError, CampaignError
from loop.protocols import SlotContext
from loop.records import Request, Result, content_key
from loop.second_start import RULE as SECOND_START


class EngineOptions(CalculatingOptions):
    """Options of a slot that calculates with a code; a code's adapter adds ``code``.

    Parameters
    ----------
    crystal
        What is calculated at a composition.
    code
        The code, and how it calculates.
    """

    crystal: CrystalOptions = Field(default_factory=CrystalOptions)
    code: Code


class Engine(Calculating):
    """A first-principles code as a simulator; base of one adapter for each code.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, the target is no magnetization, or formula and structure do not belong together.
    AdapterError
        Where the runner lacks what it needs; the message says how to install it.
    """

    options: ClassVar[type[EngineOptions]]

    def __init__(self, context: SlotContext) -> None:
        self._options = parse_options(type(self).options, context)
        require_magnetization(context)
        try:
            self._crystals = crystals_of(self._options, context)
        except (CampaignError, AdapterError) as error:
            raise type(error)(f"slot {context.slot!r}: {error}") from error
        super().__init__(context, self._options)

    def command(self) -> Command:
        """How the code is called."""
        return self._options.code.called()

    def write(self, request: Request, folder: Path) -> None:
        """Write the code's inputs."""
        again = request.reason.rule == SECOND_START
        self._options.code.write(self._crystals.at(request.x), folder, again=again)

    def read(self, request: Request, folder: Path) -> Result:
        """Read the code's outputs."""
        calculation = self._options.code.read(folder)
        key = content_key(request.id, *sorted(calculation.files.values()))
        file = str(Path(calculation.path).relative_to(folder))
        space = self._context.space
        place = space.point_of(calculation.composition, space.beside(request.x))
        result = result_of(self._context, calculation, place, request.id, key, file)
        return replace(result, uncertainty=self._options.uncertainty)


def crystals_of(options: EngineOptions, context: SlotContext) -> Crystals:
    """The crystals that a slot calculates."""
    return Crystals(options.crystal, context.space, context.folder, fractions=options.code.takes_fractions)
