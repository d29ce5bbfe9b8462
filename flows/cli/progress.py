"""What a running campaign says of itself, a line a cycle, with a bar where there is a terminal."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from flows.cli.output import console
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.quantity import plain
from loop.records import CycleRecord, Source
from loop.session import Session


class Progress(AbstractContextManager["Progress"]):
    """Shows the cycles of a campaign.

    Parameters
    ----------
    campaign
        Its stopping rules say how long the bar is.
    called
        The words that name it and its history again at a command line.
    where
        The console that is written to.
    """

    def __init__(self, campaign: Campaign, called: str, where: Console = console) -> None:
        self._campaign, self._called, self._console = campaign, called, where
        self._unit = shown_unit(campaign.table.targets[campaign.table.objective.target].unit)
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("measurements"),
            TimeRemainingColumn(),
            console=where,
            transient=True,
            disable=not where.is_terminal,
        )
        self._waiting = ""
        self._task = self._bars.add_task("starting", total=campaign.table.stop.experiments)

    def __enter__(self) -> Progress:
        self._bars.start()
        self._console.print(self._campaign.table.title, style="bold")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._bars.stop()

    def cycle(self, record: CycleRecord, session: Session) -> None:
        """Say what a cycle learned and asks."""
        self._console.print(f"cycle {record.number:>4}  " + "; ".join([*self._parts(record), *_troubled(session)]))
        done = len(session.state.values_of(self._campaign.table.objective.target))
        self._bars.update(self._task, completed=done, description=f"cycle {record.number}")

    def wait(self, session: Session) -> None:
        """Say what is waited for."""
        order = session.order
        if order is not None:
            self._say(f"{order}; douka resume {self._called} goes on")
            return
        waiting = session.waiting_for()
        words = ", ".join(f"{name}: {word}" for name, word in list(waiting.items())[:3])
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        self._say(f"waiting for {words or 'answers'}{more}")

    def _say(self, text: str) -> None:
        self._bars.update(self._task, description=text)
        if not self._console.is_terminal and text != self._waiting:
            self._console.print(text)
        self._waiting = text

    def _parts(self, record: CycleRecord) -> list[str]:
        target = self._campaign.table.objective.target
        measured = [item for item in record.observations if item.target == target]
        others = len(record.observations) - len(measured)
        asked = [request for request in record.requests if request.source is Source.EXPERIMENT]
        parts = [f"measured {item.label} {plain(item.value)} {self._unit}" for item in measured]
        parts += [f"{others} calculated"] if others else []
        parts += [f"put aside {item.label}: {item.reason}" for item in record.quarantined]
        parts += [each.told for each in record.decisions]
        parts += [f"asks for {', '.join(request.label for request in asked)}"] if asked else []
        more = len(record.requests) - len(asked)
        parts += [f"{more} calculation{'s' if more > 1 else ''} asked for"] if more else []
        stopped = str(record.summary.get("stopped", ""))
        return parts + ([f"over: {stopped}"] if stopped else [])


def _troubled(session: Session) -> list[str]:
    return [trouble.brief for trouble in session.troubles]
