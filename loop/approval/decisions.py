"""The decisions that people gave about the requests of a campaign: one small file each beside its history."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from loop.control.numbered import Numbered
from loop.errors import HistoryError
from loop.records import Decision, Ruling

FOLDER = "decisions"


@dataclass(frozen=True)
class Filed:
    """A decision, and when it was given.

    Parameters
    ----------
    decision
        With its number.
    time
        UTC, ISO 8601.
    """

    decision: Decision
    time: str

    def __str__(self) -> str:
        return f"{self.decision}, at {self.time}"


class Decisions:
    """The decisions of one history.

    Anybody may give one at any time, whoever writes the history; the next cycle takes it in.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self._files = Numbered(history / FOLDER, "decision")

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._files.folder

    def give(self, decision: Decision, time: str) -> Filed:
        """Make a decision durable, as it is; see :func:`~loop.approval.deciding.decide`.

        Parameters
        ----------
        decision
            Its number is given here.
        time
            When, UTC, ISO 8601.

        Raises
        ------
        HistoryError
            Where it cannot be written.
        """

        def text(number: int) -> str:
            content = {**asdict(replace(decision, number=number, refused="")), "time": time}
            return json.dumps(content, indent=1, ensure_ascii=False)

        return self._read(self._files.add(text))

    def since(self, number: int) -> list[Filed]:
        """Those from a number on, in order.

        Raises
        ------
        HistoryError
            Where one is damaged.
        """
        return [self._read(each) for each in self._files.numbers() if each >= number]

    @property
    def last(self) -> int:
        """Number of the newest one; -1 where there is none."""
        return max(self._files.numbers(), default=-1)

    def times(self, decisions: Iterable[Decision]) -> dict[str, str]:
        """When some of them were given, by number: facts for a record."""
        numbers = [each.number for each in decisions if each.number >= 0]
        return {f"decision.{number}": self._read(number).time for number in numbers}

    def _read(self, number: int) -> Filed:
        path = self._files.path(number)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            time, x = str(content.pop("time")), content.pop("x")
            point = None if x is None else tuple(float(value) for value in x)
            plain = {**content, "ruling": Ruling(content["ruling"]), "number": number, "refused": ""}
            return Filed(Decision(**plain, x=point), time)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise HistoryError(
                f"{path}: found no decision ({error!r}), expected JSON with request_id, ruling, person, reason, x, "
                "time. Mend it, or delete it"
            ) from error
