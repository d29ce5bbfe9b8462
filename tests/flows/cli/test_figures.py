"""`douka figures`: pictures and their numbers in a folder."""

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
        session.step()
    monkeypatch.chdir(tmp_path)
    return folder


def test_figures_and_their_data(place: Path, douka: Callable) -> None:
    ended = douka("figures", str(place), "--only", "spend,parity", "--format", "svg", "--cycle", "0")
    assert ended.code == 0, ended
    assert ended.out.splitlines() == [
        str(place / "history/figures/spend.svg"),
        str(place / "history/figures/spend.csv"),
        "not drawn: parity: there is no model yet: the start is not complete",
    ]
    assert "# campaign tiny, after cycle 0" in (place / "history/figures/spend.csv").read_text()


def test_as_json(place: Path, douka: Callable) -> None:
    ended = douka("figures", str(place), "--only", "spend", "--format", "png", "--out", "new/folder", "--json")
    said = json.loads(ended.out)
    assert said["files"] == ["new/folder/spend.png", "new/folder/spend.csv"]
    assert all(Path(file).is_file() for file in said["files"])
    assert set(said) == {"files", "captions", "not_drawn"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "spent"), "--only 'spent': expected one or more of progress, bands"),
        (("--format", "doc"), "--format 'doc': expected one or more of pdf, svg, png"),
        (("--cycle", "7"), "has no cycle 7; it has cycles 0 to 1"),
        (("--out", "campaign.txt/x"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_refused(place: Path, douka: Callable, words: tuple[str, ...], said: str) -> None:
    Path("campaign.txt").write_text("a file", encoding="utf-8")
    ended = douka("figures", str(place), "--only", "spend", *words)
    assert (ended.code, said in ended.err) == (2, True), ended
