"""What people and magnetometers bring goes into a campaign by one road: ``worksheet`` and ``ingest``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.magnetometry.mean_field import mean_field_magnetization
from loop.campaign import Campaign
from loop.history import History
from loop.session import Session
from loop.state import State, fold

CAMPAIGN = """
title = "Iron and cobalt by hand"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 0.8] }
[targets.M]
source = "experiment"
unit = "A.m2/kg"
[objective]
target = "M"
[[instruments]]
name = "people"
adapter = "worksheet"
target = "M"
slots = 2
start = 2
options = { folder = "drop", quiet_seconds = 0 }
[stop]
experiments = 6
[synthesis]
batch_mass = 2.0
precursors = { Fe = { purity = 0.99 }, Co = {} }
excess = { Co = 0.01 }
conditions = { route = "arc melting" }
"""


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign that has asked for two samples, as the working folder."""
    folder = tmp_path / "hand"
    folder.mkdir()
    (folder / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    return folder


@pytest.fixture
def loop_file(tmp_path: Path) -> Path:
    B = np.linspace(0.1, 9, 100)
    moment = 0.05 * 215.0 * (1 - (0.2 / B) ** 2)
    rows = "".join(f"{b},{m:.8f},300\n" for b, m in zip(B, moment, strict=True))
    file = tmp_path / "loop.csv"
    file.write_text(f"Field (T),Moment (emu),Temperature (K)\n{rows}", encoding="utf-8")
    return file


def _state(campaign: Path) -> State:
    with History.open(campaign / "history") as history:
        return fold(history.records())


def _sheet(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def test_a_worksheet_goes_out_and_comes_back(douka: Callable, campaign: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.csv"
    assert douka("worksheet", str(campaign), "--out", str(out)).code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = _sheet(out)
    asked = _state(campaign).requests
    assert {row["request"] for row in rows} == set(asked)
    for row in rows:
        a = asked[row["request"]].x[0]
        assert float(row["a"]) == pytest.approx(a, rel=1e-5)
        share = 58.933194 * a / (58.933194 * a + 55.845 * (1 - a))
        assert float(row["weigh Co (g)"]) == pytest.approx(2.0 * share * 1.01, abs=1e-4)
        assert float(row["weigh Fe (g)"]) == pytest.approx(2.0 * (1 - share) / 0.99, abs=1e-4)
        assert (row["synthesis: route"], row["unit"], row["sample"]) == (
            "arc melting",
            "A.m2/kg",
            f"S-{row['request']}",
        )

    rows[0] |= {"value": "201.5", "uncertainty": "2", "measured by": "Ada", "measured on": "2020-03-02"}
    rows[1] |= {"value": "-5", "measured by": "Ada", "measured on": "2020-03-02"}
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(reversed(rows))
    ended = douka("worksheet", str(campaign), "--take", str(out))
    assert ended.code == 1
    assert "below zero" in ended.out
    (found,) = _state(campaign).observations
    assert (found.value, found.uncertainty, found.provenance.person) == (201.5, 2.0, "Ada")
    assert found.requested_x == asked[rows[0]["request"]].x
    assert found.sample.id == f"S-{rows[0]['request']}"


def test_the_realised_sample_is_kept_exported_and_replayed(douka: Callable, campaign: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.csv"
    douka("worksheet", str(campaign), "--out", str(out))
    row = _sheet(out)[0]
    asked = _state(campaign).requests[row["request"]].x[0]
    share = 100 * min(asked + 0.02, 0.8)
    row |= {"value": "201,5", "measured by": "Ada", "measured on": "2020-03-02", "laboratory sample": "B-9"}
    row |= {"measured Fe (at.%)": f"{100 - share:.3f}", "measured Co (at.%)": f"{share:.3f}"}
    row |= {"composition ± (at.%)": "0,4", "composition by": "EDX", "phase fraction (%)": "97"}
    with out.open("w", newline="", encoding="utf-16") as stream:
        writer = csv.DictWriter(stream, list(row), delimiter="\t")
        writer.writeheader()
        writer.writerow(row)
    assert douka("worksheet", str(campaign), "--take", str(out)).code == 0
    (found,) = _state(campaign).observations
    assert found.x == pytest.approx((share / 100,), abs=1e-6)
    assert found.requested_x == (asked,)
    assert (found.sample.laboratory_id, found.sample.phase_fraction) == ("B-9", 0.97)
    assert douka("replay", str(campaign)).code == 0
    douka("export", str(campaign), "--csv", str(tmp_path / "tables"))
    (line,) = _sheet(tmp_path / "tables" / "observations.csv")
    assert float(line["uncertainty of a"]) == pytest.approx(found.sample.x_uncertainty[0])  # type: ignore[index]
    assert float(line["requested a"]) == asked
    shown = json.loads(douka("observations", str(campaign), "--json").out)
    assert "B-9" in json.dumps(shown)


def test_propose_says_what_to_weigh(douka: Callable, campaign: Path) -> None:
    request = next(iter(_state(campaign).requests))
    shown = douka("propose", str(campaign), "--why", request)
    assert "weigh out" in shown.out
    assert "arc melting" in shown.out
    plain = json.loads(douka("propose", str(campaign), "--why", request, "--json").out)
    assert set(plain["weigh_out_g"]) == {"Fe", "Co"}


def test_a_file_is_shown_and_nothing_happens_without_a_campaign(
    douka: Callable, campaign: Path, loop_file: Path
) -> None:
    ended = douka("ingest", str(loop_file), "--mass", "50 mg")
    assert ended.code == 0, ended.err
    assert "no campaign is named" in ended.out
    assert "calibration" in ended.out
    assert Path("loop.png").read_bytes().startswith(b"\x89PNG")
    assert _state(campaign).next_cycle == 1


def test_a_curve_of_temperatures_gives_a_curie_temperature(douka: Callable, campaign: Path, tmp_path: Path) -> None:
    assert campaign.is_dir()
    T = np.arange(300.0, 700.0, 2.0)
    m = mean_field_magnetization(T, 600.0, 8e4)
    file = tmp_path / "mt.csv"
    rows = "".join(f"{t},80,{x:.8f}\n" for t, x in zip(T, m, strict=True))
    file.write_text(f"T (K),H (kA/m),Moment (emu)\n{rows}", encoding="utf-8")
    shown = json.loads(douka("ingest", str(file), "--json").out)
    assert (shown["unit"], shown["value"]) == ("K", pytest.approx(600, abs=2 * shown["uncertainty"]))
    assert Path("mt.png").is_file()


def test_a_missing_mass_is_asked_for(douka: Callable, campaign: Path, loop_file: Path) -> None:
    ended = douka("ingest", str(loop_file), "--campaign", str(campaign), "--request", "000000-people-0", "--yes")
    assert ended.code == 2
    assert "--mass" in ended.err
    assert _state(campaign).next_cycle == 1


def test_a_file_answers_a_request(douka: Callable, campaign: Path, loop_file: Path) -> None:
    request, other = _state(campaign).requests
    words = ["ingest", str(loop_file), "--campaign", str(campaign), "--mass", "50 mg", "--sample", "B-3", "--by", "Ada"]
    shown = json.loads(douka(*words, "--request", request, "--json").out)
    assert shown["admitted"] == ""
    assert _state(campaign).next_cycle == 1
    admitted = json.loads(douka(*words, "--request", request, "--json", "--yes").out)
    assert "learned 1" in admitted["admitted"]
    (found,) = _state(campaign).observations
    assert found.value == pytest.approx(215, abs=2 * (found.uncertainty or 0))
    assert found.value == pytest.approx(admitted["value"])
    assert (found.request_id, found.sample.laboratory_id, found.provenance.person) == (request, "B-3", "Ada")
    assert found.provenance.file_sha256 == shown["sha256"]
    assert "approach to saturation" in found.provenance.note
    assert _state(campaign).requests[other].status.is_open
    again = douka(*words, "--request", request, "--yes")
    assert again.code == 2
    assert "no such request is open" in again.err


def test_what_nobody_asked_for_needs_a_formula(douka: Callable, campaign: Path, loop_file: Path) -> None:
    words = ["ingest", str(loop_file), "--campaign", str(campaign), "--mass", "50 mg", "--yes"]
    assert "--formula" in douka(*words).err
    assert douka(*words, "--formula", "Fe3Co").code == 0
    (found,) = _state(campaign).observations
    assert (found.request_id, found.x) == (None, (0.25,))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mass", "50"], "--mass"),
        (["--mass", "50 mg", "--size", "2x2"], "--size"),
        (["--mass", "50 mg", "--mode", "AC"], "--mode"),
        (["--mass", "50 mg", "--unit", "furlong"], "furlong"),
        (["--mass", "50 mg", "--unit", "K"], "no curve"),
        (["--mass", "50 mg", "--part", "2"], "no part 2"),
        (["--mass", "50 mg", "--out", "x.bmp"], "cannot draw"),
        (["--mass", "50 mg", "--campaign", "nowhere"], "no campaign file"),
    ],
)
def test_bad_input_is_explained(douka: Callable, campaign: Path, loop_file: Path, words: list[str], said: str) -> None:
    ended = douka("ingest", str(loop_file), *words)
    assert ended.code == 2
    assert said in ended.err
    assert _state(campaign).next_cycle == 1


def test_a_campaign_without_people_has_no_worksheet(douka: Callable, workspace: Path) -> None:
    assert workspace.is_dir()
    ended = douka("worksheet", "two-fourteen-one")
    assert ended.code == 2
    assert "adapter = 'worksheet'" in ended.err
