"""``douka backtest``: one setting against chance, and rules compared."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import flows.cli.comparing

RULES = ("--rules", "ucb+max_uncertainty", "--seeds", "2", "--measurements", "3")
WAYS = ["ucb+max_uncertainty", "at random", "experiments only", "calculations only"]


def _one_after_the_other(work: Callable, jobs: list, **_: object) -> list:
    """Starting processes takes seconds; what they do is the same."""
    return [work(job) for job in jobs]


@pytest.mark.slow
def test_processes_and_this_one_find_the_same(
    douka: Callable, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers do not depend on the number of processes; tables, figure, data and JSON tell the same."""
    drawn = [tmp_path / name for name in ("regret.png", "regret-too.svg")]
    ended = douka("backtest", str(tiny_folder), *RULES, "--processes", "2", "--json", "--figure", str(drawn[0]))
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert list(found["settings"]) == WAYS
    assert (found["candidates"], found["measurements"], len(found["pairs"])) == (8, 3, 6)
    for setting in found["settings"].values():
        assert [each["seed"] for each in setting["courses"]] == [0, 1]
        assert all(len(each["regret"]) == len(each["spent"]) <= 3 for each in setting["courses"])

    names: list[str] = []

    def here(work: Callable, jobs: list, *, named: Callable, **_: object) -> list:
        names.extend(named(job) for job in jobs)
        return _one_after_the_other(work, jobs)

    monkeypatch.setattr(flows.cli.comparing, "in_processes", here)
    ended = douka("backtest", str(tiny_folder), *RULES, "--figure", str(drawn[1]))
    assert ended.code == 0, ended.err
    assert f"{tiny_folder.name}, rule 'ucb+max_uncertainty', seed 1" in names
    for words in ("4 ways of choosing", "chance needs", "In pairs", "[quartiles]", "μB/f.u.", "sign test", *WAYS):
        assert words in ended.out
    for setting in found["settings"].values():
        assert f"{setting['mean_regret']:.3g}" in ended.out
    drawing = drawn[1].read_text(encoding="utf-8")
    for words in ("measurements", "μB/f.u.", "middle half", "3 % of the best", *WAYS):
        assert words in drawing
    data = [file.with_suffix(".csv").read_text(encoding="utf-8") for file in drawn]
    assert data[0] == data[1]
    rows = list(csv.DictReader(data[0].splitlines()))
    assert {row["series"] for row in rows} == set(WAYS)
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
