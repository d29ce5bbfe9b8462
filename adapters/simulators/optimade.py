"""``optimade``: calculations of a database that speaks OPTIMADE."""

from __future__ import annotations

import time
from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveInt

from adapters.dft import Calculation, RejectedCalculation
from adapters.dft.optimade import Query, read_optimade
from adapters.options import Options, parse_options
from adapters.simulators.existing import Existing
from loop.errors import AdapterError, CampaignError, DataError
from loop.protocols import API_VERSION, SlotContext


class OptimadeOptions(Options):
    """Options of a database.

    Parameters
    ----------
    url
        Base URL of the provider.
    filter
        In the OPTIMADE grammar.
    fields, constants
        See :class:`~adapters.dft.optimade.Query`.
    unasked
        Hand over every calculation that is found; else only answers to requests.
    page_limit
        Entries a page.
    fresh_seconds
        How long an answer of the provider is taken as true before it is asked again.
    """

    url: Annotated[str, Field(min_length=1)]
    filter: str = ""
    fields: dict[str, str]
    constants: dict[str, str | float | bool] = Field(default_factory=dict)
    unasked: bool = True
    page_limit: PositiveInt = 100
    fresh_seconds: NonNegativeFloat = 3600.0


class Optimade(Existing):
    """A database of calculations.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, the design space has no formula, or the target is no magnetization.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        self._options = options = parse_options(OptimadeOptions, context)
        super().__init__(context, unasked=options.unasked)
        try:
            self._query = Query(
                options.url, options.filter, options.fields, dict(options.constants), options.page_limit
            )
        except DataError as error:
            raise CampaignError(f"slot {context.slot!r}: options: {error}") from error
        self._answer: list[Calculation | RejectedCalculation] = []
        self._asked = -float("inf")

    def found(self) -> list[Calculation | RejectedCalculation]:
        """Ask the provider, unless it answered a while ago.

        Raises
        ------
        AdapterError
            It answers with an error; a TransientError where it may be another time.
        """
        if time.monotonic() - self._asked >= self._options.fresh_seconds:
            try:
                self._answer = read_optimade(self._query)
            except AdapterError as error:
                raise type(error)(f"slot {self._context.slot!r}: {error}") from error
            self._asked = time.monotonic()
        return self._answer

    def called(self, file: str) -> str:
        """URL and id of an entry."""
        return file
