"""A campaign file that changes under a history: recorded, carried over, or refused; and observations taken back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.history import History
from loop.model import statistics_of
from loop.refolding import retraction
from loop.replay import replay
from loop.revising import campaign_at
from loop.revision import changes
from loop.session import Session
from loop.state import State, fold

TEXT = """
title = "iron and cobalt"
seed = 3
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
[model]
degree = 2
[objective]
target = "expt"
[[simulators]]
name = "cluster"
adapter = "pool"
target = "calc"
slots = 3
start = 4
options = { table = "calc.csv" }
[[instruments]]
name = "lab"
adapter = "archive"
target = "expt"
start = 1
options = { table = "expt.csv" }
[stop]
experiments = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "campaign.toml").write_text(TEXT, encoding="utf-8")
    rng = np.random.default_rng(7)
    for name, offset, noise in (("calc", 0.0, 0.02), ("expt", -0.4, 0.05)):
        values = {x: 2.2 + 0.6 * x - 1.1 * x * x + offset + noise * rng.normal() for x in np.linspace(0, 1, 11)}
        rows = [f"{x:g},{value:.6f},muB/f.u." for x, value in values.items()]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,value,unit", *rows]) + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Callable[..., State]:
    def call(*, migrate: bool = False) -> State:
        with Session(Campaign.load(folder), folder / "history", migrate=migrate) as session:
            while not session.is_over and session.step() is not None:
                pass
            return session.state

    return call


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def differences(folder: Path) -> list[str]:
    with History.open(folder / "history") as history:
        return [str(each) for cycle in replay(history) for each in cycle.differences]


def test_a_larger_budget_goes_on(folder: Path, run: Callable[..., State]) -> None:
    before = run()
    edit(folder, "experiments = 3", "experiments = 5")
    after = run()
    assert len(before.values_of("expt")) == 3
    assert len(after.values_of("expt")) == 5
    assert after.observations[: len(before.observations)] == before.observations
    with History.open(folder / "history") as history:
        assert history.headers[-1].reason == "stop.experiments: 3 → 5"
    assert differences(folder) == []


def test_comments_are_recorded_and_harmless(folder: Path, run: Callable[..., State]) -> None:
    before = run()
    edit(folder, "seed = 3", "seed = 3 # lucky")
    assert run().observations == before.observations
    with History.open(folder / "history") as history:
        assert "comments" in history.headers[-1].reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("degree = 2", "degree = 3", "model.degree"),
        ('active = ["1"]', 'active = ["1", "x"]', "targets.expt.active"),
        ("seed = 3", "seed = 4", "seed"),
        ("bounds = [0, 1]", "bounds = [0, 1.5]", "space.variables.x.bounds"),
    ],
)
def test_a_serious_change_is_refused_and_leaves_the_history_alone(
    folder: Path, run: Callable[..., State], old: str, new: str, key: str
) -> None:
    run()
    with History.open(folder / "history") as history:
        digest, revisions = history.digest(), len(history.headers)
    edit(folder, old, new)
    with pytest.raises(CampaignError, match=rf"campaign\.toml.*{key}.*--migrate"):
        run()
    with History.open(folder / "history") as history:
        assert (history.digest(), len(history.headers)) == (digest, revisions)


def test_an_edited_table_is_refused(folder: Path, run: Callable[..., State]) -> None:
    run()
    table = folder / "expt.csv"
    table.write_text(table.read_text(encoding="utf-8") + "0.55,2.0,muB/f.u.\n", encoding="utf-8")
    with pytest.raises(CampaignError, match="table of slot 'lab' was edited"):
        run()
    edit(folder, "experiments = 3", "experiments = 4")
    assert len(run(migrate=True).candidates["lab"]) == 12


def test_migration_refolds_from_the_observations(folder: Path, run: Callable[..., State]) -> None:
    before = run()
    edit(folder, "degree = 2", "degree = 3")
    edit(folder, "experiments = 3", "experiments = 4")
    after = run(migrate=True)
    campaign = Campaign.load(folder)
    assert after.observations[: len(before.observations)] == before.observations
    assert after.statistics is not None
    anew = statistics_of(campaign, after.observations).to_arrays()
    for name, array in after.statistics.to_arrays().items():
        if name != "factor":
            np.testing.assert_array_equal(array, anew[name])
    # Triangular factors are the same up to the sign of their rows; their Gram matrices are the same.
    old, new = after.statistics.to_arrays()["factor"], anew["factor"]
    np.testing.assert_allclose(old.swapaxes(1, 2) @ old, new.swapaxes(1, 2) @ new, rtol=1e-9, atol=1e-9)
    assert differences(folder) == []


def test_migration_moves_points_to_other_variables(folder: Path, run: Callable[..., State]) -> None:
    before = run()
    edit(folder, 'formula = "Fe{1-x}Co{x}"', 'formula = "Fe{y}Co{1-y}"')
    edit(folder, "x = { bounds", "y = { bounds")
    for name in ("calc", "expt"):
        lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        rows = [f"{1 - float(x):g},{rest}" for x, rest in (line.split(",", 1) for line in lines[1:])]
        (folder / f"{name}.csv").write_text("\n".join(["y,value,unit", *rows]) + "\n", encoding="utf-8")
    after = run(migrate=True)
    assert [o.label for o in after.observations] == [o.label for o in before.observations]
    assert [o.x[0] for o in after.observations] == pytest.approx([1 - o.x[0] for o in before.observations])
    assert after.spent == before.spent
    assert differences(folder) == []


def test_migration_cut_short_is_finished(
    folder: Path, run: Callable[..., State], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    edit(folder, "degree = 2", "degree = 3")
    edit(folder, "experiments = 3", "experiments = 4")
    with monkeypatch.context() as patch:
        patch.setattr(Session, "seal", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(migrate=True)
    state = run()
    assert len(state.values_of("expt")) == 4
    with History.open(folder / "history") as history:
        kinds = [record.summary.get("refold") for record in history.records()]
    assert kinds.count("migration") == 1
    assert differences(folder) == []


def test_a_changed_unit_cannot_be_carried_over(folder: Path, run: Callable[..., State]) -> None:
    run()
    edit(folder, 'source = "experiment"\nunit = "muB/f.u."', 'source = "experiment"\nunit = "A.m2/kg"')
    with pytest.raises(CampaignError, match=r"'expt' was experiment in 'muB/f\.u\.'"):
        run(migrate=True)


def test_retraction(folder: Path, run: Callable[..., State]) -> None:
    state = run()
    with History.open(folder / "history", "a") as history:
        victim = state.values_of("expt")[1]
        history.append(retraction(campaign_at(history, state.next_cycle), state, victim.id[:8], "the furnace leaked"))
        after = fold(history.records())
        campaign = campaign_at(history, after.next_cycle)
    assert victim not in after.observations
    assert after.quarantine[-1].id == victim.id
    assert after.quarantine[-1].reason == "retracted: the furnace leaked"
    kept = [observation for observation in state.observations if observation != victim]
    assert list(after.observations) == kept
    assert after.statistics is not None
    anew = statistics_of(campaign, kept).to_arrays()
    assert all(np.array_equal(array, anew[name]) for name, array in after.statistics.to_arrays().items())
    assert differences(folder) == []
    edit(folder, "experiments = 3", "experiments = 4")
    later = run()
    assert victim.id not in {observation.id for observation in later.observations}
    assert differences(folder) == []


@pytest.mark.parametrize("wanted", ["", "zz", "0123456789abcdef0"])
def test_retraction_of_nothing(folder: Path, run: Callable[..., State], wanted: str) -> None:
    state = run()
    with pytest.raises(DataError, match="expected one"):
        retraction(Campaign.load(folder), state, wanted, "why not")


def test_retraction_needs_a_reason(folder: Path, run: Callable[..., State]) -> None:
    state = run()
    with pytest.raises(DataError, match="reason"):
        retraction(Campaign.load(folder), state, state.observations[0].id, "  ")


def test_order_of_slots_is_no_change(folder: Path) -> None:
    one = Campaign.load(folder).table
    text = TEXT.replace('title = "iron and cobalt"', '# a comment\ntitle = "iron and cobalt"')
    assert changes(one, Campaign.parse(text, folder / "campaign.toml").table) == ()
    assert [change.key for change in changes(one, one.model_copy(update={"seed": 9}))] == ["seed"]
