"""What people wrote is shown as it is: a path in brackets is no markup, and a word in brackets does not vanish."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from flows.cli.output import aside, console
from flows.cli.progress import Progress
from loop.campaign import Campaign
from loop.history import History
from loop.importing import import_results
from loop.records import Provenance, Result
from loop.session import Session

WORDS = "see [/log], [red] :warning: [bold]"


@pytest.fixture
def written(make_campaign: Callable[..., Path]) -> Path:
    """A campaign whose title and labels stand in brackets; its history holds one value that was put aside."""
    folder = make_campaign(('"Fe-Co, made up"', f'"{WORDS}"'))
    result = Result(
        request_id=None, target="measured", x=(0.5,), value=1.0, unit="kg", uncertainty=None, label=f"0.5 {WORDS}",
        provenance=Provenance(key="heavy", adapter="laboratory"),
    )  # fmt: skip
    import_results(Campaign.load(folder), [[result]], folder / "history", "a test")
    return folder


def _words(text: str) -> str:
    return " ".join(text.split())


def test_a_title_and_a_reason(written: Path, douka: Callable) -> None:
    assert douka("pause", str(written), "--reason", f"because {WORDS}").code == 0
    shown = douka("status", str(written))
    assert shown.code == 0, shown
    assert _words(shown.out).startswith(WORDS)
    assert f"because {WORDS}" in _words(shown.out)


def test_a_label_in_a_table(written: Path, douka: Callable) -> None:
    shown = douka("quarantine", str(written))
    assert shown.code == 0, shown
    for word in WORDS.split():
        assert word in shown.out


@pytest.mark.parametrize("is_terminal", [False, True])
def test_progress(written: Path, douka: Callable, is_terminal: bool) -> None:
    douka("pause", str(written), "--reason", WORDS)
    campaign, shown = Campaign.load(written), StringIO()
    with History.open(written / "history") as history:
        record = history.read(0)
    where = Console(
        file=shown, force_terminal=is_terminal, no_color=True, width=200, highlight=False, markup=False, emoji=False
    )
    with Session(campaign, written / "history") as session, Progress(campaign, "fe", where) as progress:
        progress.cycle(record, session)
        progress.wait(session)
    lines = shown.getvalue()
    assert lines.count(WORDS) >= 3
    assert f"put aside 0.5 {WORDS}: " in lines
    assert f": {WORDS}; douka resume fe goes on" in lines


def test_the_consoles_take_nothing_for_markup(capsys: pytest.CaptureFixture[str]) -> None:
    for each in (console, aside):
        each.print(WORDS)
    assert capsys.readouterr() == (f"{WORDS}\n", f"{WORDS}\n")
