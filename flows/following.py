"""Watching a history that another process writes."""

from __future__ import annotations

from pathlib import Path

from flows.callbacks import Say
from loop.control import Kind, Order, Orders
from loop.history import History
from loop.snapshot import folded
from loop.state import State


class Follower:
    """Says what each new cycle of a history brought, and what people ordered.

    Parameters
    ----------
    path
        Folder of the history.
    say
        Called with a line a cycle.
    """

    def __init__(self, path: Path, say: Say) -> None:
        self._path = path
        self._say = say
        self.state = State()
        self._orders = Orders(path)
        self._order: Order | None = None
        self._is_over_said = False
        if History.exists(path):
            with History.open(path) as history:
                self.state = folded(history)

    @property
    def is_over(self) -> bool:
        """Whether the campaign has stopped and no answer is outstanding."""
        return self.state.is_over

    @property
    def is_stopped(self) -> bool:
        """Whether a person stopped the campaign, as of the last look."""
        return self._order is not None and self._order.ends

    @property
    def is_stopped_at_once(self) -> bool:
        """Whether a person stopped it and no cycle is to be waited for, as of the last look."""
        return self._order is not None and self._order.kind is Kind.STOP_NOW

    def look(self) -> None:
        """Take in the cycles sealed since the last look, and what was ordered."""
        self._take_orders()
        if not History.exists(self._path):
            return
        with History.open(self._path) as history:
            for number in range(self.state.next_cycle, history.next_number):
                record = history.read(number)
                self.state = self.state.after(record)
                self._say(
                    f"cycle {number:04d}: {len(record.observations)} values in, "
                    f"{len(record.requests)} requests out, spent {self.state.spent:g}"
                )
                for decision in record.decisions:
                    self._say(decision.told)
        if self.is_over and not self._is_over_said:
            self._say(f"the campaign is over: {self.state.stopped}")
        self._is_over_said = self.is_over

    def _take_orders(self) -> None:
        order = self._orders.standing()
        if order != self._order:
            self._say("the campaign is resumed" if order is None else f"the campaign is {order}")
        self._order = order
