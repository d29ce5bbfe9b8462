"""``douka status`` of a campaign whose cluster does not answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from adapters.simulators.pool import Pool
from flows.triggers.places import due_again
from loop.campaign import Campaign
from loop.errors import TransientError
from loop.records import Failure, Result
from loop.session import Session


@pytest.fixture
def troubled(make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny campaign after one cycle, and an attempt to ask its cluster."""
    folder, collect = make_campaign(), Pool.collect

    def silent(self: Pool) -> Iterable[Result | Failure]:
        if self._context.slot == "cluster" and self._submitted:
            raise TransientError("squeue does not answer")
        return collect(self)

    monkeypatch.setattr(Pool, "collect", silent)
    with Session(Campaign.load(folder), folder / "history", clock=lambda: "2026-03-01T12:00:00+00:00") as session:
        session.step()
        session.step()
    return folder


def test_trouble_is_shown_with_what_follows(troubled: Path, douka: Callable) -> None:
    shown = " ".join(douka("status", str(troubled)).out.replace("│", " ").split())
    assert "in trouble" in shown
    assert "cluster does not answer since 2026-03-01T12:00:00+00:00, asked once" in shown
    assert "TransientError: squeue does not answer" in shown
    assert "nothing is given up before 2026-03-02T12:00:00+00:00" in shown
    assert "mended, it goes on by itself" in shown


def test_a_script_sees_it_too(troubled: Path, douka: Callable) -> None:
    told = json.loads(douka("status", str(troubled), "--json").out)
    (trouble,) = told["troubles"]
    assert (trouble["slot"], trouble["act"], trouble["attempts"]) == ("cluster", "collect", 1)
    assert trouble["again"] == "2026-03-01T12:00:10+00:00"
    waits = {str(request["id"]) for request in told["open_requests"] if request["adapter"] == "cluster"}
    assert waits
    assert waits == {name for name, why in told["waiting"].items() if "cluster does not answer" in why}


def test_a_served_campaign_starts_a_cycle_when_it_is_due(troubled: Path) -> None:
    history = troubled / "history"
    assert due_again(history, "2026-03-01T12:00:09+00:00") == []
    (due,) = due_again(history, "2026-03-01T12:00:10+00:00")
    assert "cluster is asked again (collect, attempt 2" in due
