"""What is told of each cycle: artifacts on Prefect's pages, messages, the run's log. It never stops a cycle."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

from flows.artifacts import Showing
from flows.logbook import complain
from flows.notifying.telling import Telling
from loop.records import CycleRecord
from loop.retry import Act, Trouble
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
        self._troubles = _troubles(session)

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
        now = _troubles(self._session)
        for key, trouble in now.items():
            if trouble != self._troubles.get(key):
                complain(str(trouble))
        for slot, act in self._troubles.keys() - now.keys():
            complain(f"{slot} does again what it is asked to ({act.value})")
        self._troubles = now


def _troubles(session: Session) -> dict[tuple[str, Act], Trouble]:
    return {(trouble.slot, trouble.act): trouble for trouble in session.troubles}
