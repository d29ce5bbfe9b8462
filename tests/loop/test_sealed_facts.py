"""What is sealed with a cycle besides its decisions: times of its steps, the environment, the posterior as a curve."""

from pathlib import Path

import h5py
import numpy as np

from loop.campaign import Campaign
from loop.history import History
from loop.history.layout import cycle_path
from loop.model import fit_model
from loop.session import Session
from loop.state import fold


def test_times_of_every_step_and_the_environment(tiny_folder: Path, tmp_path: Path) -> None:
    with Session(Campaign.load(tiny_folder), tmp_path / "history") as session:
        while not session.is_over:
            session.step()
    with History.open(tmp_path / "history") as history:
        facts = history.read(2).facts
    for step in ("collect", "decide", "seal", "dispatch"):
        assert float(facts[f"{step}.wall_seconds"]) >= 0
        assert float(facts[f"{step}.cpu_seconds"]) >= 0
    assert float(facts["decide.cpu_seconds"]) > 0
    assert {"python", "platform", "host", "package.numpy", "package.douka", "threads.OMP_NUM_THREADS"} <= set(facts)


def test_the_posterior_is_a_curve_that_viewers_draw(tiny_folder: Path, tmp_path: Path) -> None:
    campaign = Campaign.load(tiny_folder)
    with Session(campaign, tmp_path / "history") as session:
        while not session.is_over:
            session.step()
    with History.open(tmp_path / "history") as history:
        state, last = fold(history.records()), history.next_number - 1
        file = cycle_path(history.path, last)
    assert state.statistics is not None
    model = fit_model(campaign, state.statistics, last)
    with h5py.File(file) as opened:
        group = opened["entry/arrays/posterior"]
        assert group.attrs["NX_class"] == "NXdata"
        x, y, errors = (group[name][()] for name in ("x", "y", "y_errors"))
    assert (np.diff(x) > 0).all()
    mean, deviation = model.predict(x[:, None], target=campaign.table.objective.target, return_std=True)
    np.testing.assert_allclose(y, mean, rtol=1e-9)
    np.testing.assert_allclose(errors, deviation, rtol=1e-6)
