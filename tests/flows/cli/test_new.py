"""`douka new`: a campaign of one's own tables, or of a made-up example, that runs as it is written."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.knowledge import knowledge
from loop.session import Session

OWN = "Co share;treatment;M (T)\n0,0;cast;1,61\n0,1;annealed;1,71\n0,2;cast;1,8\n0,3;annealed;1,83\n0,4;cast;1,75\n"


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(name: str, folder: Path) -> tuple[Campaign, Session]:
    campaign = Campaign.load(folder / "workspace/campaigns" / name)
    with Session(campaign, folder / "workspace/histories" / name) as session:
        while not session.is_over:
            session.step()
        return campaign, session


def test_the_example_finds_the_maximum_of_its_curve(working_folder: Path, douka: Callable) -> None:
    ended = douka("new", "demo")
    assert ended.code == 0, ended
    assert "douka run demo" in ended.out
    campaign, session = run("demo", working_folder)
    best = knowledge(campaign, session.state).best_predicted
    # 2.2 + 0.9 x − 1.5 x² − 0.35 + 0.25 x is largest at x = 1.15 / 3; the table has every 0.05.
    assert best is not None
    assert abs(float(best.label.split("=")[1]) - 1.15 / 3) < 0.1


def test_own_measurements_with_categories_and_decimal_commas(working_folder: Path, douka: Callable) -> None:
    (working_folder / "own.csv").write_text(OWN)
    ended = douka("new", "own", "--measurements", "own.csv", "--vary", "Co share,treatment", "--goal", "minimize")
    assert ended.code == 0, ended
    campaign, session = run("own", working_folder)
    assert campaign.space.names == ("Co_share", "treatment")
    assert campaign.space.variables[1].values == ("cast", "annealed")
    assert sorted(one.value for one in session.state.observations) == [1.61, 1.71, 1.75, 1.8, 1.83]
    assert knowledge(campaign, session.state).best_measured.value == 1.61


def test_calculations_beside_measurements_share_the_variables(working_folder: Path, douka: Callable) -> None:
    (working_folder / "m.csv").write_text("x,y,furnace,value,unit\n0,1,3,1.0,T\n1,2,3,1.2,T\n2,1,3,1.4,T\n")
    (working_folder / "c.csv").write_text("x,y,M [kA/m]\n0,1,900\n1,3,1000\n4,1,1100\n2,2,1050\n")
    ended = douka("new", "both", "--measurements", "m.csv", "--calculations", "c.csv", "--json")
    assert json.loads(ended.out)["run"] == "douka run both"
    campaign = Campaign.load(working_folder / "workspace/campaigns/both")
    assert campaign.space.names == ("x", "y")
    assert campaign.space.bounds.tolist() == [[0, 4], [1, 3]]
    assert [target.unit for target in campaign.table.targets.values()] == ["kA/m", "T"]


MISTAKES = {
    "no number": ("x,M (T)\n0,1\n1,high\n", (), ["own.csv", "line 3", "M (T)", "high", "number"]),
    "no unit": ("x,value\n0,1\n1,2\n", (), ["own.csv", "unit", "--unit"]),
    "which column": ("x,M\n0,1\n1,2\n", (), ["own.csv", "line 1", "x, M", "--measured"]),
    "unknown column": ("x,M\n0,1\n1,2\n", ("--measured", "N"), ["own.csv", "'N'", "x, M"]),
    "nothing varies": ("x,M (T)\n1,1\n1,2\n", (), ["own.csv", "--vary"]),
    "unknown variable": ("x,M (T)\n0,1\n1,2\n", ("--vary", "y"), ["own.csv", "'y'", "x"]),
    "twice": ("x,M (T)\n0,1\n1,2\n0,1\n", (), ["own.csv", "line 4", "line 2"]),
    "short row": ("x,M (T)\n0,1\n1\n", (), ["own.csv", "line 3", "fields"]),
    "twin names": ("a b,a_b,M (T)\n0,1,1\n1,2,2\n", (), ["own.csv", "a_b", "taken"]),
    "another unit": ("x,value,unit\n0,1,T\n1,2,kg\n", (), ["own.csv", "line 3", "kg", "T"]),
    "bad uncertainty": ("x,value,unit,uncertainty\n0,1,T,0.1\n1,2,T,-1\n", (), ["own.csv", "line 3", "uncertainty"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_and_nothing_is_left(mistake: str, working_folder: Path, douka: Callable) -> None:
    text, options, words = MISTAKES[mistake]
    (working_folder / "own.csv").write_text(text)
    ended = douka("new", "own", "--measurements", "own.csv", *options)
    assert ended.code == 2, ended
    for word in words:
        assert word in ended.err, (word, ended.err)
    assert not list((working_folder / "workspace/campaigns").iterdir())


@pytest.mark.parametrize("name", ["../elsewhere", "", "a b"])
def test_a_name_that_is_none(name: str, working_folder: Path, douka: Callable) -> None:
    assert douka("new", name).code == 2
    assert not list(working_folder.iterdir())


def test_what_is_there_is_left_alone(working_folder: Path, douka: Callable) -> None:
    assert douka("new", "demo").code == 0
    before = (working_folder / "workspace/campaigns/demo/campaign.toml").read_bytes()
    ended = douka("new", "demo", "--goal", "minimize")
    assert (ended.code, "another name" in ended.err) == (2, True)
    assert (working_folder / "workspace/campaigns/demo/campaign.toml").read_bytes() == before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_asks(working_folder: Path, douka: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    (working_folder / "own.csv").write_text(OWN)
    answers = ["nowhere.csv", "own.csv", "", "Co share", "largest", "minimize", "n", "My alloy"]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(answers) + "\n"))
    ended = douka("new", "own")
    assert ended.code == 0, ended
    assert "nowhere.csv: there is no such file" in ended.out
    campaign = Campaign.load(working_folder / "workspace/campaigns/own")
    assert (campaign.table.title, campaign.table.objective.goal) == ("My alloy", "minimize")
    assert campaign.space.names == ("Co_share",)


def test_people_go_on_from_what_is_known(working_folder: Path, douka: Callable) -> None:
    """The tables are the beginning of the history; the first request is one for people, at a point they can make."""
    (working_folder / "m.csv").write_text("x,M (T),uncertainty\n0,1.0,0.02\n0.2,1.2,0.02\n0.5,1.3,0.02\n0.9,1.1,0.02\n")
    (working_folder / "c.csv").write_text(
        "x,M (T)\n" + "".join(f"{k / 8},{1.4 + k / 8 - (k / 8) ** 2}\n" for k in range(9))
    )
    ended = douka("new", "lab", "--measurements", "m.csv", "--calculations", "c.csv", "--people")
    assert ended.code == 0, ended
    assert "4 measurements, 9 calculations" in ended.out
    campaign = Campaign.load(working_folder / "workspace/campaigns/lab")
    with Session(campaign, working_folder / "workspace/histories/lab") as session:
        known = session.state.observations
        assert sorted(one.value for one in known if one.target == "measured") == [1.0, 1.1, 1.2, 1.3]
        assert {one.uncertainty for one in known if one.target == "measured"} == {0.02}
        record = session.step()
    assert record is not None
    assert {request.adapter for request in record.requests} == {"laboratory"}
    assert all(abs(request.x[0] * 100 - round(request.x[0] * 100)) < 1e-9 for request in record.requests)
    asked = douka("worksheet", "lab", "--out", "asked.csv")
    assert asked.code == 0, asked
    assert len((working_folder / "asked.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + len(record.requests)


def test_people_need_a_table(douka: Callable) -> None:
    ended = douka("new", "lab", "--people")
    assert ended.code == 2
    assert "--measurements" in ended.err
