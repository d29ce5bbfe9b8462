"""``douka demo``: figures, their data, the table, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.cli.demo as module
    from loop.figures.demonstrations import d1

    monkeypatch.setattr(module, "d1", lambda seed: d1(seed, draws=3))


@pytest.mark.parametrize(("which", "beginning"), [("d1", b"\x89PNG"), ("d2", b"%PDF")])
@pytest.mark.usefixtures("few_draws")
def test_it_draws_and_writes_the_data_beside(which: str, beginning: bytes, douka: Callable, tmp_path: Path) -> None:
    suffix = {b"\x89PNG": ".png", b"%PDF": ".pdf"}[beginning]
    ended = douka("demo", which, "--out", f"my{suffix}", "--seed", "4")
    assert ended.code == 0, ended.err
    assert (tmp_path / f"my{suffix}").read_bytes().startswith(beginning)
    assert (tmp_path / "my.csv").read_text(encoding="utf-8").startswith("panel,series,x,y,lower,upper\n")
    for word in ("RMSE: experiment", "coverage", "least squares", "seed 4", f"my{suffix}", "my.csv"):
        assert word in ended.out


def test_the_same_seed_gives_the_same_data(douka: Callable, tmp_path: Path) -> None:
    for name in "ab":
        assert douka("demo", "d2", "--out", f"{name}.svg", "--seed", "1").code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["d1", "--out", "figure.jpg"], ["figure.jpg", ".png", ".pdf", ".svg"]),
        (["d2", "--out", "nowhere/figure.png"], ["nowhere", "no folder"]),
        (["d1", "--problems", "3"], ["--problems", "d3"]),
        (["d2", "--m", "3"], ["--m", "d3"]),
        (["d4"], ["d4", "d3"]),
        (["d3", "--problems", "0"], ["--problems", "greater than"]),
    ],
)
def test_what_cannot_be_done_is_named(words: list[str], named: list[str], douka: Callable, tmp_path: Path) -> None:
    ended = douka("demo", *words)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    for word in named:
        assert word in ended.err
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_way_is_named(douka: Callable, tmp_path: Path) -> None:
    (tmp_path / "d2.csv").mkdir()
    ended = douka("demo", "d2")
    assert ended.code == 2
    assert "d2.csv" in ended.err or "d2.png" in ended.err
    assert "--out" in ended.err


def test_help(douka: Callable) -> None:
    ended = douka("demo", "--help")
    assert ended.code == 0
    for word in ("d1", "d2", "d3", "--out", "--seed", "--problems", "--m"):
        assert word in ended.out


@pytest.mark.slow
def test_the_search(douka: Callable, tmp_path: Path) -> None:
    ended = douka("demo", "d3", "--problems", "2", "--m", "10", "--out", "search.png")
    assert ended.code == 0, ended.err
    assert "source_rule" in ended.out
    assert (tmp_path / "search.png").stat().st_size > 10_000
    rows = (tmp_path / "search.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 2 * 4 * 61
