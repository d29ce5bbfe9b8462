"""`douka import`: tables of the past become a history that goes on, or nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.records import Source
from loop.session import Session

MAPPING = """
campaign = "workspace/campaigns/tiny"
[[tables]]
file = "past.csv"
target = "calculated"
unit = "muB/f.u."
columns = { a = "Co", value = "m" }
"""


@pytest.fixture
def place(make_campaign: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the tiny campaign, and a table of the past; the working folder."""
    (tmp_path / "workspace/campaigns").mkdir(parents=True)
    make_campaign(name="workspace/campaigns/tiny")
    (tmp_path / "past.toml").write_text(MAPPING)
    (tmp_path / "past.csv").write_text("Co,m\n0.05,2.24\n0.35,2.36\n0.85,1.96\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_name_under_which_the_campaign_goes_on(place: Path, douka: Callable) -> None:
    ended = douka("import", "past.toml", "tiny")
    assert ended.code == 0, ended
    assert "3 values" in ended.out
    assert ended.out.rstrip().endswith("workspace/campaigns/tiny")
    path = place / "workspace/histories/tiny"
    with Session(Campaign.load(place / "workspace/campaigns/tiny"), path) as session:
        while not session.is_over:
            session.step()
    assert session.state.values_of("calculated")[2].provenance.locator == "line 4"
    assert session.state.count(Source.EXPERIMENT) == 5
    assert not {r.x for r in session.state.requests.values()} & {(0.05,), (0.35,), (0.85,)}
    assert douka("verify", "tiny").code == 0


def test_another_name_and_a_path(place: Path, douka: Callable) -> None:
    assert "--history" in douka("import", "past.toml", "old").out
    assert (place / "workspace/histories/old").is_dir()
    assert douka("import", "past.toml", str(place / "elsewhere/old")).code == 0
    with History.open(place / "elsewhere/old") as one, History.open(place / "workspace/histories/old") as other:
        assert one.digest() == other.digest()


@pytest.mark.usefixtures("place")
def test_a_name_that_is_taken(douka: Callable) -> None:
    assert douka("import", "past.toml", "old").code == 0
    ended = douka("import", "past.toml", "old")
    assert ended.code == 2
    assert "is there already" in ended.err


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("past.csv", "2.36", "much", ["past.toml", "past.csv: line 3", "'m' (value)"]),
        ("past.csv", "0.85", "1.85", ["past.csv: line 4", "a = 1.85"]),
        ("past.toml", "campaigns/tiny", "campaigns/small", ["small", "no campaign file"]),
        ("past.toml", '"calculated"', '"guessed"', ["guessed", "calculated, measured"]),
        ("past.toml", "columns", "colums", ["colums", "unknown key"]),
        ("workspace/campaigns/tiny/campaign.toml", '"ucb"', '"psychic"', ["psychic", "ucb"]),
        ("workspace/campaigns/tiny/campaign.toml", "calculations.csv", "none.csv", ["none.csv"]),
    ],
)
def test_bad_input(file: str, old: str, new: str, words: list[str], place: Path, douka: Callable) -> None:
    text = (place / file).read_text()
    assert old in text
    (place / file).write_text(text.replace(old, new))
    ended = douka("import", "past.toml", "old")
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert all(word in ended.err for word in words), ended.err
    assert not (place / "workspace/histories").exists() or not any((place / "workspace/histories").iterdir())


def test_what_it_would_have_asked(place: Path, douka: Callable) -> None:
    text = MAPPING + MAPPING.partition("[[tables]]")[2].replace('"calculated"', '"measured"').join(["[[tables]]", ""])
    (place / "past.toml").write_text(text)
    assert douka("import", "past.toml", "old").code == 0
    ended = douka("replay", "workspace/histories/old", "--with", "rule=random")
    assert ended.code == 0, ended
    assert "With rule=random" in ended.out
