"""What is told of each cycle: artifacts on Prefect's pages, messages to people. It never stops a cycle."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

from flows.artifacts import Showing
from flows.notifying.telling import Telling
from loop.records import CycleRecord
from loop.session import Session


class Teller(AbstractContextManager["Teller"]):
    """Speaks for a session, in its flow run.

    Parameters
    ----------
    session
        At work, in a flow run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._showing = Showing(session)
        self._telling = Telling(session.campaign, session.history.path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell the end, or the error."""
        if isinstance(error, Exception):
            self._telling.error(error, self._session.state.next_cycle)
        self.look()
        self._showing.__exit__(kind, error, trace)

    def cycle(self, record: CycleRecord) -> None:
        """Show a cycle that is sealed and handed out, and tell what it brought."""
        self._showing.cycle(record)
        self.look()

    def look(self) -> None:
        """Tell what happened since the last look, and what could not be told then."""
        self._telling.look(self._session.state)
