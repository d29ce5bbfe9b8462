"""A campaign's tables as one model of M(x, T)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.innovation import Reading, audit
from loop.magnet import Magnet, MagnetForecaster, crossover, held_back, magnet_learner
from loop.magnetism import FiniteTemperature

Readings = tuple[Reading, ...]


def _truth(c: float, d: float) -> tuple[float, float]:
    return 37.0 - 6.0 * c - 4.0 * d - 9.0 * d**2, 590.0 - 150.0 * c + 800.0 * d - 390.0 * d**2


def _law(M0: np.ndarray, Tc: np.ndarray, T: float, s: float, p: float) -> np.ndarray:
    tau = T / Tc
    return M0 * np.maximum(1.0 - s * tau**1.5 - (1 - s) * tau**p, 0.0) ** (1 / 3)


def test_what_the_tables_say_of_each_reading(readings: Readings, magnet: Magnet) -> None:
    assert magnet.structure.targets == ("calculated", "M0", "Tc")
    assert magnet.structure.parents == {"M0": ("calculated",)}
    hot = next(reading for reading in readings if reading.row == "m3-300")
    assert (hot.temperature, hot.volume, hot.laboratory, hot.target) == (300.0, 236.0, "A", "measured")
    assert hot.molar_mass == pytest.approx(
        2 * 144.242 + (14 * 4 / 7) * 55.845 + (14 * 3 / 7) * 58.933 + 10.81, abs=0.05
    )
    assert [reading.temperature for reading in readings if reading.target == "Tc"] == [None] * 24


def test_the_truth_is_found_again(model: FiniteTemperature) -> None:
    for c, d in ((0.0, 0.0), (0.5, 0.4), (1.0, 1.0)):
        for found, true in zip((model.zero_temperature, model.curie_temperature), _truth(c, d), strict=True):
            mean, deviation = found(np.array([[c, d]]))
            assert abs(mean[0] - true) < 4 * deviation[0] + 0.002 * true


def test_scatter_of_a_magnetization_is_that_of_its_sample(
    magnet: Magnet, model: FiniteTemperature, readings: Readings
) -> None:
    """Against simulation: M0 and Tc of a sample scatter, the law is evaluated, the curve is known."""
    chosen = [reading for reading in readings if reading.target == "measured"][:24:5]
    forecast = MagnetForecaster(magnet, model)(chosen)
    rng = np.random.default_rng(0)
    residual = model.residual_covariance_[1:, 1:]
    shape = {each.name: each.median for each in model.shape_}
    for reading, scatter in zip(chosen, forecast.scatter, strict=True):
        X = np.array([reading.x])
        centre = np.array([model.zero_temperature(X)[0][0], model.curie_temperature(X)[0][0]])
        M0, Tc = rng.multivariate_normal(centre, residual, 40_000).T
        values = _law(M0, Tc, reading.temperature or 0.0, shape["s"], shape["p"])
        assert scatter == pytest.approx(values.std(), rel=0.05)


def test_the_crossover_lies_where_the_truth_has_it(model: FiniteTemperature) -> None:
    """M0 loses 4 a unit of Co at once, Tc gains 800: the sign of ∂M/∂d at d = 0 changes at the true crossover."""
    temperatures = np.arange(20.0, 501.0, 20.0)
    found = crossover(model, np.zeros(2), np.array([0.0, 1.0]), temperatures, least=0.02)
    d = np.linspace(0.0, 1.0, 101)
    M0, Tc = _truth(0.0, d)  # type: ignore[arg-type]
    best = [d[np.argmax(_law(M0, Tc, T, 0.6, 2.5))] for T in temperatures]
    true = temperatures[next(k for k in range(len(best)) if all(each > 0.02 for each in best[k:]))]
    assert found.quantile(0.005) <= true <= found.quantile(0.995)
    assert np.all(np.diff(found.best[:, 0]) >= 0)
    assert found.probability[0] < 0.5 < found.probability[-1]


def test_no_crossover_within_the_temperatures_is_said(model: FiniteTemperature) -> None:
    found = crossover(model, np.zeros(2), np.array([1.0, 0.0]), np.array([4.0, 300.0]), least=0.02)
    assert found.median == np.inf


def test_a_series_left_out_is_foretold(magnet: Magnet, readings: Readings) -> None:
    found = held_back(magnet, readings, lambda reading: reading.x[0] == 0.5)
    assert {reading.x[0] for reading in found.readings} == {0.5}
    assert all(magnet.is_measured(reading) for reading in found.readings)
    scores = {(score.quantity, score.by): score for score in found.scores}
    both, alone = scores["M0", "both"], scores["M0", "calculations alone"]
    assert (both.count, scores["Tc", "both"].count) == (16, 8)
    values = np.array([reading.value for reading in found.readings if reading.target == "measured"])
    mean = found.mean[: len(values)]
    assert both.rmse == pytest.approx(np.sqrt(np.mean((values - mean) ** 2)))
    assert both.rmse < 0.4 * alone.rmse
    assert both.coverage >= 0.8
    assert ("Tc", "calculations alone") not in scores


def test_nothing_to_leave_out(magnet: Magnet, readings: Readings) -> None:
    with pytest.raises(DataError, match="no measurement"):
        held_back(magnet, readings, lambda reading: reading.x[0] == 0.123)


def test_swapped_columns_and_units_are_found(magnet: Magnet, readings: Readings) -> None:
    rows = {reading.id: reading for reading in readings}
    swapped, in_tesla = rows["measured: m5-300"], rows["measured: m9-4"]
    rows[swapped.id] = replace(swapped, value=300.0, temperature=swapped.value)
    rows[in_tesla.id] = replace(in_tesla, value=in_tesla.value * 11.65406 / 236)
    found = {each.reading.id: each.mistake for each in audit(tuple(rows.values()), magnet_learner(magnet)).findings}
    one, other = found[swapped.id], found[in_tesla.id]
    assert one is not None
    assert one.kind == "columns"
    assert other is not None
    assert other.kind == "unit"
    assert len(found) <= 2 + 0.05 * len(rows)


def test_a_magnetization_needs_a_temperature(magnet: Magnet, readings: Readings) -> None:
    cold = replace(next(reading for reading in readings if reading.target == "measured"), temperature=None)
    with pytest.raises(DataError, match="temperature_K"):
        magnet.fit([*readings, cold])


def test_other_quantities_are_refused(make_campaign: Callable[..., Path]) -> None:
    unknown = ('source = "experiment"\nunit = "muB/f.u."', 'source = "experiment"\nunit = "kA/m"')
    with pytest.raises(CampaignError, match="kA/m"):
        Magnet.of(Campaign.load(make_campaign(unknown)))
