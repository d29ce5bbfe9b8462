"""A campaign whose second simulator is a drop folder of VASP runs: what is good is learned, the rest is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.replay import replay
from loop.session import Session
from loop.state import State

TEXT = """
title = "iron and cobalt, with calculations that people drop into a folder"
[space]
formula = "Fe{1-x}Co{x}"
[space.variables]
x = { bounds = [0, 1] }
[targets.calc]
source = "calculation"
unit = "muB/f.u."
[targets.expt]
source = "experiment"
unit = "muB/f.u."
parents = ["calc"]
active = ["1"]
[objective]
target = "expt"
[[simulators]]
name = "table"
adapter = "pool"
target = "calc"
slots = 2
start = 4
options = { table = "calc.csv" }
[[simulators]]
name = "dropped"
adapter = "folder"
target = "calc"
asks = false
options = { folder = "calculations", quiet_seconds = 0 }
[[instruments]]
name = "lab"
adapter = "archive"
target = "expt"
start = 1
options = { table = "expt.csv" }
[stop]
experiments = 4
"""
ELECTRONS, BANDS = 32.0, 40


def moment(x: float) -> float:
    return 2.2 + 0.6 * x - 1.1 * x * x


def levels(electrons: float) -> list[float]:
    return [min(1.0, max(0.0, electrons - band)) for band in range(BANDS)]


def calculation(vasp: Any, cobalt: int, per_atom: float, **fields: Any) -> Any:
    """Four atoms, one k-point: the moment is the difference of the two spins' electrons."""
    total = 4 * per_atom
    atoms = ["Fe"] * (4 - cobalt) + ["Co"] * cobalt
    return vasp(
        atoms=atoms,
        titles=[f"PAW_PBE {kind} 06Sep2000" for kind in dict.fromkeys(atoms)],
        weights=[1.0],
        up=[levels((ELECTRONS + total) / 2)],
        down=[levels((ELECTRONS - total) / 2)],
        tags={"NELECT": ELECTRONS} | fields,
    )


@pytest.fixture
def folder(tmp_path: Path, vasp: Any) -> Path:
    (tmp_path / "campaign.toml").write_text(TEXT, encoding="utf-8")
    rng = np.random.default_rng(11)
    for name, offset, noise, points in (("calc", 0.0, 0.02, 9), ("expt", -0.4, 0.05, 11)):
        values = {x: moment(x) + offset + noise * rng.normal() for x in np.linspace(0, 1, points)}
        rows = [f"{x:g},{value:.6f},muB/f.u." for x, value in values.items()]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,value,unit", *rows]) + "\n", encoding="utf-8")
    dropped = tmp_path / "calculations"
    for cobalt in (1, 3):
        run = calculation(vasp, cobalt, moment(cobalt / 4))
        run.write(dropped / f"good-{cobalt}", run.outcar(4 * moment(cobalt / 4)))
    unconverged = calculation(vasp, 2, 2.2)
    unconverged.ionic = [[-8.0 - 0.1 * step for step in range(60)]]
    unconverged.write(dropped / "unconverged", None)
    cut = calculation(vasp, 2, 2.2).write(dropped / "cut", None) / "vasprun.xml"
    cut.write_text(cut.read_text(encoding="utf-8")[:-900], encoding="utf-8")
    unpolarized = calculation(vasp, 2, 0.0, ISPIN=1)
    unpolarized.down = None
    unpolarized.write(dropped / "unpolarized", None)
    calculation(vasp, 2, 2.2, LNONCOLLINEAR=True).write(dropped / "noncollinear", None)
    foreign = calculation(vasp, 0, 2.2)
    foreign.atoms, foreign.titles = ["Ni"] * 4, ["PAW_PBE Ni 06Sep2000"]
    foreign.write(dropped / "foreign", None)
    return tmp_path


def run(folder: Path) -> State:
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over and session.step() is not None:
            pass
        return session.state


def test_good_calculations_are_learned_from(folder: Path) -> None:
    state = run(folder)
    dropped = {o.x: o for o in state.observations if o.provenance.adapter == "dropped"}
    assert set(dropped) == {(0.25,), (0.75,)}
    for (x,), observation in dropped.items():
        assert observation.value == pytest.approx(moment(x), abs=1e-6)
        assert "VASP 6.4.2" in observation.provenance.note
        assert len(observation.provenance.file_sha256) == 64
    assert len(state.values_of("expt")) == 4


def test_refused_ones_are_named_with_file_and_reason(folder: Path) -> None:
    state = run(folder)
    reasons = {item.label: item.reason for item in state.quarantine if item.provenance.adapter == "dropped"}
    assert set(reasons) == {"unconverged", "cut", "unpolarized", "noncollinear", "foreign"}
    for name, reason in reasons.items():
        assert f"calculations/{name}" in reason
    for name, word in (
        ("unconverged", "converge"),
        ("unpolarized", "ISPIN"),
        ("noncollinear", "collinear"),
        ("foreign", "Ni"),
    ):
        assert word in reasons[name], reasons[name]


def test_nothing_is_read_twice_and_what_comes_later_is_taken_in(folder: Path, vasp: Any) -> None:
    before = run(folder)
    file = folder / "campaign.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("experiments = 4", "experiments = 5"), encoding="utf-8")
    late = calculation(vasp, 2, moment(0.5))
    late.write(folder / "calculations/late", late.outcar(4 * moment(0.5)))
    after = run(folder)
    dropped = [o.label for o in after.observations if o.provenance.adapter == "dropped"]
    assert sorted(dropped) == ["Fe0.25Co0.75", "Fe0.5Co0.5", "Fe0.75Co0.25"]
    assert [q.id for q in after.quarantine] == [q.id for q in before.quarantine]
    with History.open(folder / "history") as history:
        assert [each for cycle in replay(history) for each in cycle.differences] == []
