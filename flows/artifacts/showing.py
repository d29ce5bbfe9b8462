"""Putting the artifacts of cycles on Prefect's pages, behind the campaign's back: no cycle waits for them."""

from __future__ import annotations

import contextvars
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType

from prefect import runtime
from prefect.artifacts import Artifact, MarkdownArtifact, ProgressArtifact, TableArtifact

from flows.artifacts.budget import budget
from flows.artifacts.keys import artifact_key
from flows.artifacts.links import links
from flows.artifacts.picture import Picture, draw, to_be_drawn
from flows.artifacts.report import cycle_report
from flows.artifacts.requests import request_rows
from flows.logbook import never_fatal
from loop.knowledge import Knowledge
from loop.records import CycleRecord
from loop.session import Session
from loop.state import State

PATIENCE_SECONDS = 20.0


class Showing(AbstractContextManager["Showing"]):
    """Shows each cycle of a campaign in the flow run at work; where cycles are faster than the server, the newest.

    Parameters
    ----------
    session
        Of the campaign.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="artifacts")
        self._last: Future[None] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the last cycle be shown; for some seconds at most."""
        if self._last is not None:
            wait([self._last], PATIENCE_SECONDS)
        self._worker.shutdown(wait=False, cancel_futures=True)

    def cycle(self, record: CycleRecord) -> None:
        """Have a sealed cycle shown in its flow run, if there is one; what fails is logged.

        Parameters
        ----------
        record
            Of the cycle.
        """
        session = self._session
        if not session.campaign.table.prefect.artifacts or runtime.flow_run.id is None:
            return
        with never_fatal("showing the cycle on Prefect's pages"):
            known = session.knowledge() if to_be_drawn(session) else None
            if self._last is not None:
                self._last.cancel()  # not begun: the server is behind
            # The context tells the run, the settings and the client of this thread.
            context = contextvars.copy_context()
            self._last = self._worker.submit(context.run, self._shown, session.state, record, known)

    def _shown(self, state: State, record: CycleRecord, known: Knowledge | None) -> None:
        with never_fatal("showing the cycle on Prefect's pages"):
            drawn = None
            with never_fatal("drawing the picture"):
                drawn = draw(self._session.campaign, self._session.history.path, known)
            for artifact in self._artifacts(state, record, drawn):
                artifact.create()

    def _artifacts(self, state: State, record: CycleRecord, drawn: Picture | None) -> list[Artifact]:
        campaign, history = self._session.campaign, self._session.history
        when = f"after cycle {record.number:04d}"
        share, words = budget(campaign, state)
        where = links(campaign, history.path)
        key = partial(artifact_key, campaign, history.path)
        return [
            MarkdownArtifact(
                key=key("cycle"),
                markdown=f"{cycle_report(campaign, state, record, drawn)}\n\n{where}",
                description=f"Standing {when}",
            ),
            TableArtifact(
                key=key("requests"),
                table=request_rows(campaign, state),
                description=f"Open requests {when}",
            ),
            ProgressArtifact(key=key("budget"), progress=share, description=f"Budget {when}: {words}"),
            MarkdownArtifact(
                key=key("links"),
                markdown=where,
                description="Where the history, the report and the live page are",
            ),
        ]
