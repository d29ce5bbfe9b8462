"""What would have been: `douka replay --with` and `--without`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.session import Session


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> str:
    path = tmp_path_factory.mktemp("cli") / "history"
    with Session(Campaign.load(tiny_folder), path) as session:
        while not session.is_over:
            session.step()
    return str(path)


def test_another_policy(history: str, douka: Callable) -> None:
    ended = douka("replay", history, "--with", "rule=random,calculation=random", "--with", "seed=5")
    assert ended.code == 0, ended
    assert "As recorded" in ended.out
    assert "With rule=random, calculation=random, seed=5" in ended.out
    assert "~" in ended.out
    assert "modelled" in ended.out.splitlines()[-1]


def test_another_policy_as_json(history: str, douka: Callable) -> None:
    ended = douka("replay", history, "--with", "rule=random,seed=5", "--json")
    found = json.loads(ended.out)
    assert found["changes"] == {"rule": "random", "seed": "5"}
    assert found["recorded"]["measured"] == found["counterfactual"]["measured"] == 5
    marked = [value["is_modelled"] for step in found["counterfactual"]["cycles"] for value in step["measured"]]
    assert sum(marked) == found["counterfactual"]["measured_modelled"]
    assert found["recorded"]["measured_modelled"] == 0


def test_without_a_laboratory(history: str, douka: Callable) -> None:
    ended = douka("replay", history, "--without", "lab=A")
    assert ended.code == 0, ended
    for words in ("without laboratory=A", "best predicted", "foretold", "left out", "measurements.csv"):
        assert words in ended.out


def test_without_a_laboratory_as_json(history: str, douka: Callable) -> None:
    found = json.loads(douka("replay", history, "--without", "lab=A", "--json").out)
    assert found["left_out_by"] == [{"laboratory": "A"}]
    assert found["everything"]["observations"] - found["without"]["observations"] == len(found["left_out"]) > 0
    assert all(abs(left["z_score"]) < 10 for left in found["left_out"])


def test_without_any_measurement(history: str, douka: Callable) -> None:
    ended = douka("replay", history, "--without", "target=measured", "--json")
    assert ended.code == 0, ended
    assert json.loads(ended.out)["without"]["best_measured"] is None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--with", "policy=ucb"], ["policy", "rule"]),
        (["--with", "rule=psychic"], ["psychic", "ucb"]),
        (["--with", "degree=two"], ["degree=two"]),
        (["--without", "lab=Z"], ["'Z'", "'A', 'B'"]),
        (["--without", "colour=red"], ["colour", "laboratory"]),
        (["--without", "lab=A", "--with", "m=2"], ["two questions"]),
    ],
)
def test_bad_input(words: list[str], named: list[str], history: str, douka: Callable) -> None:
    ended = douka("replay", history, *words)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert all(word in ended.err for word in named), ended.err


def test_plain_replay_is_as_before(history: str, douka: Callable) -> None:
    ended = douka("replay", history)
    assert (ended.code, "equal bit by bit" in ended.out) == (0, True)
