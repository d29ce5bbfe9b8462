"""Verdicts given while another process writes the history: small files beside it, which that process takes in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from loop.campaign import Campaign
from loop.control.numbered import Numbered
from loop.errors import HistoryError
from loop.facts import environment, now
from loop.history.durable import write_durably
from loop.records import CycleRecord
from loop.state import State
from loop.verdict import acceptance, rejection

FOLDER = "verdicts"


class Verdict(StrEnum):
    """What a person can decide about a value that was put aside."""

    ACCEPT, REJECT = "accept", "reject"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a person decided about a value that was put aside.

    Parameters
    ----------
    verdict, item, reason, person
        What, about which value (its id, or the beginning of it), why, who.
    time
        When, UTC, ISO 8601.
    """

    verdict: Verdict
    item: str
    reason: str
    person: str
    time: str

    def record(self, campaign: Campaign, state: State) -> CycleRecord:
        """Make the record that says so.

        Parameters
        ----------
        campaign, state
            As they stand.

        Raises
        ------
        DataError
            Where nothing that is put aside has the id, or no reason is given.
        """
        decide = acceptance if self.verdict is Verdict.ACCEPT else rejection
        record = decide(campaign, state, self.item, self.reason)
        facts = {**environment(), "sealed": now(), "person": self.person, "decided": self.time}
        return replace(record, facts=facts)


class Verdicts:
    """The verdicts that wait beside one history until whoever writes it seals them.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self._files = Numbered(history / FOLDER, "verdict")

    def give(self, given: Given) -> int:
        """Make a verdict durable; its number."""
        return self._files.add(lambda _: json.dumps(asdict(given), indent=1, ensure_ascii=False))

    def pending(self) -> Iterator[tuple[int, Given]]:
        """Those that nobody has sealed, in order, with their numbers.

        Raises
        ------
        HistoryError
            Where one is damaged.
        """
        for number in self._files.numbers():
            if not self._done(number).exists():
                yield number, self._read(number)

    def settle(self, number: int) -> None:
        """Note that a verdict is sealed, or that it no longer holds."""
        write_durably(self._done(number), b"")

    def _done(self, number: int) -> Path:
        return self._files.path(number).with_suffix(".done")

    def _read(self, number: int) -> Given:
        path = self._files.path(number)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return Given(**{**content, "verdict": Verdict(content["verdict"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HistoryError(
                f"{path}: found no verdict ({error!r}), expected JSON with verdict, item, reason, person, time. "
                "Mend it, or delete it"
            ) from error
