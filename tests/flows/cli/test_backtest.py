"""``douka backtest``: one setting against chance, and rules compared."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import flows.cli.comparing

RULES = ("--rules", "ucb+max_uncertainty", "--seeds", "2", "--measurements", "3")


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes takes seconds; what they do is the same."""
    monkeypatch.setattr(flows.cli.comparing, "in_processes", _one_after_the_other)


def _one_after_the_other(work: Callable, jobs: list, **_: object) -> list:
    return [work(job) for job in jobs]


def test_numbers_do_not_depend_on_the_number_of_processes(
    douka: Callable, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = douka("backtest", str(tiny_folder), *RULES, "--processes", "2", "--json")
    assert ended.code == 0, ended.err
    monkeypatch.setattr(flows.cli.comparing, "in_processes", _one_after_the_other)
    assert douka("backtest", str(tiny_folder), *RULES, "--json").out == ended.out
    found = json.loads(ended.out)
    assert list(found["settings"]) == ["ucb+max_uncertainty", "at random", "experiments only", "calculations only"]
    assert (found["candidates"], found["measurements"], len(found["pairs"])) == (8, 3, 6)
    for setting in found["settings"].values():
        assert [each["seed"] for each in setting["courses"]] == [0, 1]
        assert all(len(each["regret"]) == len(each["spent"]) <= 3 for each in setting["courses"])


@pytest.mark.usefixtures("in_this_process")
def test_tables_figure_and_data(douka: Callable, tiny_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "regret.svg"
    ended = douka("backtest", str(tiny_folder), *RULES, "--figure", str(file))
    assert ended.code == 0, ended.err
    for words in ("4 ways of choosing", "chance needs", "In pairs", "calculations only", "μB/f.u.", "sign test"):
        assert words in ended.out
    drawing = file.read_text(encoding="utf-8")
    for words in ("ucb+max_uncertainty", "at random", "measurements", "μB/f.u.", "middle half", "3 % of the best"):
        assert words in drawing
    with file.with_suffix(".csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["series"] for row in rows} == {
        "ucb+max_uncertainty", "at random", "experiments only", "calculations only",
    }  # fmt: skip
    assert all(float(row["lower"]) <= float(row["y"]) <= float(row["upper"]) for row in rows if row["lower"])


def test_the_default_is_one_setting_against_chance(
    douka: Callable, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.cli.backtest.in_processes", _one_after_the_other)
    ended = douka("backtest", str(tiny_folder), "--seeds", "3")
    assert ended.code == 0, ended.err
    shown = {line.split("  ")[0]: line for line in ended.out.splitlines()}
    assert "2.25" in shown["chance needs"]  # 8 candidates, 3 acceptable: 9/4
    needed = list(json.loads(douka("backtest", str(tiny_folder), "--seeds", "3", "--json").out)["needed"].values())
    assert shown["by seed"].split()[2:] == [str(count) for count in needed]
    assert f"{sum(needed) / 3 / 2.25:.2f} × chance" in shown["ratio"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--rules", "psychic"], ["psychic", "source_rule", "EXPERIMENT+CALCULATION"]),
        (["--rules", "default", "--figure", "regret.jpg"], ["regret.jpg", ".svg"]),
        (["--rules", "default", "--figure", "nowhere/regret.png"], ["nowhere", "--figure"]),
        (["--figure", "regret.png"], ["--rules"]),
        (["--measurements", "3"], ["--rules"]),
        (["--rules", "default", "--processes", "0"], ["--processes"]),
    ],
)
def test_bad_input(words: list[str], named: list[str], douka: Callable, tiny_folder: Path) -> None:
    ended = douka("backtest", str(tiny_folder), *words)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert all(word in ended.err for word in named), ended.err


def test_interrupted(douka: Callable, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows.cli.comparing, "in_processes", interrupted)
    ended = douka("backtest", str(tiny_folder), *RULES)
    assert ended.code == 130
    assert "nothing was written" in ended.err


def test_what_fails_is_named(douka: Callable, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []

    def kept(work: Callable, jobs: list, *, named: Callable, **_: object) -> list:
        names.extend(named(job) for job in jobs)
        return _one_after_the_other(work, jobs)

    names = named
    monkeypatch.setattr(flows.cli.comparing, "in_processes", kept)
    assert douka("backtest", str(tiny_folder), *RULES).code == 0
    assert f"{tiny_folder.name}, rule 'ucb+max_uncertainty', seed 1" in names
