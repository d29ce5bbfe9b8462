"""The laboratory of virtual samples: a laboratory like any, with a known truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.instruments.virtual_sample import VirtualSample
from loop.errors import CampaignError
from loop.protocols import SlotContext
from loop.testing import SimulatorSuite, request_at, slot_context

CURVE = "a,value,unit\n0,2,muB/f.u.\n0.5,3,muB/f.u.\n1,1,muB/f.u.\n"
OPTIONS = {"curve": "curve.csv", "offset": -0.5, "slope": 2.0, "noise": 0.01}


@pytest.fixture
def context(tmp_path: Path) -> SlotContext:
    (tmp_path / "curve.csv").write_text(CURVE)
    return slot_context(tmp_path, options=OPTIONS)


class TestConformance(SimulatorSuite):
    factory = VirtualSample

    @pytest.fixture
    def context(self, context: SlotContext) -> SlotContext:
        return context


def measured(context: SlotContext, x: float, count: int) -> np.ndarray:
    laboratory = VirtualSample(context)
    for number in range(count):
        laboratory.submit(request_at(context, [x], number))
    return np.array([result.value for result in laboratory.collect()])


def test_measurements_scatter_about_the_truth_as_stated(context: SlotContext) -> None:
    values = measured(context, 0.5, 400)
    assert values.mean() == pytest.approx(5.5, abs=4 * 0.055 / 20)
    assert values.std() == pytest.approx(0.055, rel=0.15)
    result = _one(context)
    assert result.uncertainty == pytest.approx(0.055)
    assert "synthetic" in result.provenance.note


def _one(context: SlotContext):
    laboratory = VirtualSample(context)
    laboratory.submit(request_at(context, [0.5]))
    return next(iter(laboratory.collect()))


def test_between_its_points_the_curve_has_no_other_maximum(context: SlotContext) -> None:
    exact = replace(context, options={**OPTIONS, "noise": 0.0})
    values = [measured(exact, float(x), 1)[0] for x in np.linspace(0, 1, 21)]
    assert int(np.argmax(values)) == 10
    assert np.all(np.diff(values[:11]) > 0)
    assert np.all(np.diff(values[10:]) < 0)


def test_a_sample_takes_its_time_also_across_a_crash(context: SlotContext, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("adapters.instruments.virtual_sample.time.time", lambda: clock[0])
    slow = replace(context, options={**OPTIONS, "seconds": 10})
    request = request_at(slow, [0.5])
    first = VirtualSample(slow)
    first.submit(request)
    clock[0] += 6
    again = VirtualSample(slow)
    again.submit(request)
    assert not list(again.collect())
    assert again.poll() == {request.id: "making and measuring, 4 s to go"}
    clock[0] += 5
    assert [result.request_id for result in again.collect()] == [request.id]
    assert again.poll() == {request.id: "done"}


def test_one_variable_only(context: SlotContext, tmp_path: Path) -> None:
    two = slot_context(tmp_path, options=OPTIONS, variables={"a": (0, 1), "b": (0, 1)})
    with pytest.raises(CampaignError, match="one variable, the space has a, b"):
        VirtualSample(two)
    (tmp_path / "curve.csv").write_text("\n".join(CURVE.splitlines()[:2]) + "\n")
    with pytest.raises(CampaignError, match="fewer than two points"):
        VirtualSample(context)
