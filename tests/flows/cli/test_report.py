"""`douka report`: a page, or the figure alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.session import Session


@pytest.fixture
def place(make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = make_campaign(name="tiny")
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_page_that_can_be_written_again(place: Path, douka: Callable) -> None:
    for _ in range(2):
        ended = douka("report", str(place))
        assert ended.code == 0, ended
    assert ended.out.strip() == str(place / "history/report.html")
    assert (place / "history/report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_figure_alone(place: Path, douka: Callable, tmp_path: Path) -> None:
    assert douka("report", str(place), "--out", "figure.svg").code == 0
    assert "<svg" in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_as_json_and_as_of_a_cycle(place: Path, douka: Callable) -> None:
    ended = douka("report", str(place), "--cycle", "0", "--out", "then.html", "--json")
    said = json.loads(ended.out)
    assert (said["file"], said["cycle"], said["best_predicted"], said["coverage"]["foretold"]) == (
        "then.html",
        0,
        None,
        0,
    )
    assert said["spent"] == pytest.approx(sum(said["spent_by_slot"].values()))
    assert said["summary"] in Path("then.html").read_text(encoding="utf-8")


def test_another_format_is_refused(place: Path, douka: Callable) -> None:
    ended = douka("report", str(place), "--out", "report.doc")
    assert (ended.code, ".html" in ended.err) == (2, True)
