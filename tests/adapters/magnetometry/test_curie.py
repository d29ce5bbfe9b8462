"""Curie temperatures of curves whose truth is known: every method within its stated bias."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from adapters.magnetometry import CurieTemperature, RejectedMeasurement, curie_temperature, read_measurement
from adapters.magnetometry.mean_field import mean_field_magnetization

TESLA = 1e7 / (4 * math.pi)


def _curie(tmp_path: Path, rows: list[tuple[float, float, float]], **given: object) -> CurieTemperature:
    file = tmp_path / "mt.csv"
    lines = "".join(f"{T},{B},{m:.9e}\n" for T, B, m in rows)
    file.write_text(f"Temperature (K),Field (T),Moment (emu)\n{lines}", encoding="utf-8")
    return curie_temperature(read_measurement(file), **given)  # type: ignore[arg-type]


def _curve(
    T: np.ndarray, B: float, curie: float, noise: float = 0.0, seed: int = 0
) -> list[tuple[float, float, float]]:
    m = mean_field_magnetization(T, curie, B * TESLA) + np.random.default_rng(seed).normal(0, noise, len(T))
    return [(float(t), B, float(value)) for t, value in zip(T, m, strict=True)]


def _iterated(tau: float, h: float) -> float:
    """The molecular field's equation by plain iteration, with the Brillouin function as it is defined."""
    m = 1.0
    for _ in range(20_000):
        y = (1.5 * m + h) / tau
        m = 1.5 / math.tanh(1.5 * y) - 0.5 / math.tanh(0.5 * y)
    return m


@pytest.mark.parametrize(("tau", "tesla"), [(0.3, 0.0), (0.9, 0.0), (0.95, 1.0), (1.0, 2.0), (1.3, 5.0)])
def test_the_molecular_field_is_the_fixed_point(tau: float, tesla: float) -> None:
    h = 2 * 9.2740100783e-24 * tesla / (1.380649e-23 * 600)
    found = mean_field_magnetization(np.array([600 * tau]), 600.0, tesla * TESLA)[0]
    assert found == pytest.approx(_iterated(tau, h), abs=1e-8)


@pytest.mark.parametrize("tesla", [0.01, 0.1, 1.0, 2.0])
def test_every_method_is_off_by_its_stated_bias(tmp_path: Path, tesla: float) -> None:
    found = _curie(tmp_path, _curve(np.arange(300.0, 720.0, 2.0), tesla, 601.3))
    assert found.method == "inflection"
    assert found.field == pytest.approx(tesla * TESLA)
    for one in found.estimates:
        assert one.value - one.bias == pytest.approx(601.3, abs=1.0)
    assert abs(found.value - 601.3) < 2 * found.uncertainty


def test_biases_are_those_of_the_field(tmp_path: Path) -> None:
    biases = {}
    for tesla in (0.1, 2.0):
        found = _curie(tmp_path, _curve(np.arange(300.0, 720.0, 2.0), tesla, 600.0))
        biases |= {(one.method, tesla): one.bias for one in found.estimates}
    assert -6 < biases["inflection", 0.1] < biases["inflection", 2.0] < 2
    assert 0 < biases["two tangents", 0.1] < 10 < biases["two tangents", 2.0] < 40
    assert -25 < biases["Kuz'min fit", 2.0] < 0
    assert ("Kuz'min fit", 0.1) not in biases


@pytest.mark.parametrize("s", [0.2, 0.6, 1.2])
def test_kuzmins_fit_recovers_its_own_law(tmp_path: Path, s: float) -> None:
    T = np.arange(200.0, 640.0, 3.0)
    tau = np.minimum(T / 585.0, 1.0)
    m = np.cbrt(1 - s * tau**1.5 - (1 - s) * tau**2.5)
    found = _curie(tmp_path, [(float(t), 1.0, float(value)) for t, value in zip(T, m, strict=True)])
    own = next(one for one in found.estimates if one.method == "Kuz'min fit")
    assert own.value == pytest.approx(585.0, abs=0.05)


def test_noise_heating_and_cooling(tmp_path: Path) -> None:
    T = np.arange(250.0, 460.0, 0.5)
    rows = _curve(T, 0.05, 380.0, 0.004, 1) + _curve(T, 0.05, 380.0, 0.004, 2)[::-1]
    found = _curie(tmp_path, rows)
    assert abs(found.value - 380) < 2 * found.uncertainty < 25


@pytest.mark.parametrize("by", ["isofields", "isotherms"])
def test_arrott_where_several_fields_exist(tmp_path: Path, by: str) -> None:
    T = np.arange(570.0, 632.0, 2.0)
    fields = np.linspace(0.2, 4.0, 12)
    if by == "isofields":
        rows = [row for B in fields for row in _curve(T, float(B), 600.0)]
    else:
        rows = [row for t in T[::3] for B in fields for row in _curve(np.array([t]), float(B), 600.0)]
    found = _curie(tmp_path, rows)
    assert found.method == "Arrott plot"
    assert found.value == pytest.approx(600, abs=2)
    assert found.value - found.bias == pytest.approx(600, abs=0.5)
    if by == "isofields":
        other = _curie(tmp_path, rows, method="inflection", field=fields[0] * TESLA)
        assert other.method == "inflection"


def test_what_does_not_fall_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedMeasurement, match="no curve"):
        _curie(tmp_path, _curve(np.arange(100.0, 500.0, 2.0), 0.1, 600.0))
    with pytest.raises(RejectedMeasurement, match="no curve"):
        _curie(tmp_path, [(300.0, B, B) for B in np.linspace(0.1, 5, 40)])
    with pytest.raises(RejectedMeasurement, match="does not apply"):
        _curie(tmp_path, _curve(np.arange(300.0, 720.0, 2.0), 0.1, 600.0), method="Arrott plot")
    with pytest.raises(RejectedMeasurement, match="holds no M"):
        _curie(tmp_path, _curve(np.arange(300.0, 720.0, 2.0), 0.1, 600.0), field=5e6)


def test_components_add_up(tmp_path: Path) -> None:
    found = _curie(tmp_path, _curve(np.arange(300.0, 720.0, 2.0), 0.1, 600.0), thermometer=3.0)
    assert found.components["thermometer"] == 3.0
    assert found.uncertainty == pytest.approx(math.sqrt(sum(part**2 for part in found.components.values())))
    assert "inflection" in found.summary
    assert "bias" in found.summary
