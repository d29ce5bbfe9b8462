"""`douka audit` and `douka magnet`."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.image import imread


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def place(magnets: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(magnets, tmp_path / "magnets"))


def test_an_audit_names_the_row_and_the_likely_mistake(place: Path, douka: Callable) -> None:
    table = place / "curie.csv"
    text = table.read_text()
    wrong = next(line for line in text.splitlines() if line.startswith("t9,"))
    id_, c, d, value, *rest = wrong.split(",")
    table.write_text(text.replace(wrong, ",".join([id_, c, d, f"{float(value) / 10:.2f}", *rest])))
    found = json.loads(douka("audit", str(place), "--json").out)
    first = found["findings"][0]
    assert (first["id"], first["place"], first["target"]) == ("Tc: t9", "curie.csv line 11", "Tc")
    assert first["likely"]["mistake"] == "decimal point"
    assert found["values"] == 96


def test_an_audit_of_a_campaign_without_temperatures(make_campaign: Callable[..., Path], douka: Callable) -> None:
    folder = make_campaign()
    table = folder / "measurements.csv"
    table.write_text(table.read_text().replace("0.0000,2.1300", "0.0000,21.300"))
    ended = douka("audit", str(folder))
    assert ended.code == 0, ended
    assert ".csv line 2" in " ".join(ended.out.split())
    assert "values are suspicious" in ended.out


def test_a_crossover(place: Path, douka: Callable) -> None:
    found = json.loads(douka("magnet", "crossover", str(place), "--along", "d", "--json").out)
    assert found["along"] == "d"
    assert found["crossover_K"]["0.025"] <= found["crossover_K"]["0.5"] <= found["crossover_K"]["0.975"] < 500
    assert "crossover" in douka("magnet", "crossover", str(place), "--along", "d").out


def test_a_series(place: Path, douka: Callable) -> None:
    ended = douka("magnet", "series", str(place), "--where", "c >= 0.4", "--where", "c <= 0.6")
    assert ended.code == 0, ended
    assert "RMSE" in ended.out
    assert "measurements" in ended.out


def test_figures_with_their_data(place: Path, tmp_path: Path, douka: Callable) -> None:
    ended = douka("magnet", "figures", str(place), "--out", str(tmp_path), "--temperature", "350", "--along", "d")
    assert ended.code == 0, ended
    for name in ("temperature", "substitution", "map", "parity"):
        picture = imread(tmp_path / f"magnet_{name}.png")
        assert picture[..., :3].std() > 0.02
        assert _rows(tmp_path / f"magnet_{name}.csv")
    maps = _rows(tmp_path / "magnet_map.csv")
    assert {row["series"].split(" = ")[0] for row in maps} == {"c"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("crossover", "PLACE", "--along", "x"), "no variable"),
        (("series", "PLACE", "--where", "c > 1"), "c > 1"),
        (("series", "PLACE", "--where", "c = 0.3"), "no measurement"),
        (("figures", "PLACE", "--out", "nowhere"), "no such folder"),
        (("figures", "PLACE", "--along", "c", "--across", "c"), "two variables"),
    ],
)
def test_what_cannot_be_done_is_said(place: Path, douka: Callable, words: tuple[str, ...], message: str) -> None:
    ended = douka("magnet", *(str(place) if word == "PLACE" else word for word in words))
    assert ended.code == 2, ended
    assert message in ended.err
    assert "Traceback" not in ended.err
