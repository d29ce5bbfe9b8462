"""The orders given to a campaign: one small file each beside its history, never replaced."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from loop.control.numbered import Numbered
from loop.control.order import Kind, Order
from loop.errors import HistoryError
from loop.history.durable import write_durably
from loop.history.layout import cycle_numbers

FOLDER = "orders"


class Orders:
    """The orders of one history.

    Anybody may give one at any time, whoever writes the history. None is part of it: an order says when things happen,
    not what is true.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self.folder = history / FOLDER
        self._files = Numbered(self.folder, "order")
        self._history = history

    def give(self, order: Order) -> Order:
        """Make an order durable.

        Returns
        -------
        Order
            With its number and cycle.

        Raises
        ------
        HistoryError
            Where it cannot be written.
        """
        cycle = max(cycle_numbers(self._history), default=-1) + 1

        def text(number: int) -> str:
            return json.dumps(asdict(replace(order, number=number, cycle=cycle)), indent=1, ensure_ascii=False)

        return self._read(self._files.add(text))

    def standing(self) -> Order | None:
        """The sternest order since the campaign was last resumed, the first of equals; None where there is none."""
        found: Order | None = None
        for number in reversed(self._files.numbers()):
            order = self._read(number)
            if order.kind is Kind.RESUME:
                break
            if found is None or order.kind.severity >= found.kind.severity:
                found = order
        return found

    def last(self) -> Order | None:
        """The newest order, whatever it is."""
        numbers = self._files.numbers()
        return self._read(numbers[-1]) if numbers else None

    @property
    def resumed_at(self) -> int:
        """Number of the cycle that came next when a person last resumed the campaign; 0 where nobody has."""
        for number in reversed(self._files.numbers()):
            order = self._read(number)
            if order.kind is Kind.RESUME:
                return order.cycle
        return 0

    def all(self) -> list[Order]:
        """Every order ever given, in order."""
        return [self._read(number) for number in self._files.numbers()]

    def settle(self, order: Order) -> None:
        """Note that what an order asks to be done at once is done."""
        if not self.is_settled(order):
            write_durably(self._done(order), b"")

    def is_settled(self, order: Order) -> bool:
        """Whether nothing is left to be done at once."""
        return order.kind is not Kind.STOP_NOW or self._done(order).exists()

    def _done(self, order: Order) -> Path:
        return self._files.path(order.number).with_suffix(".done")

    def _read(self, number: int) -> Order:
        path = self._files.path(number)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return Order(**{**content, "kind": Kind(content["kind"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HistoryError(
                f"{path}: found no order ({error!r}), expected JSON with kind, reason, person, time, remedy. "
                "Mend it, or delete it"
            ) from error
