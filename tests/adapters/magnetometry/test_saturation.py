"""Laws of approach on curves whose saturation is known, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.magnetometry import (
    Measurement,
    RejectedMeasurement,
    demagnetizing_factor,
    read_measurement,
    saturation_magnetization,
)
from adapters.magnetometry.approach import LAWS, fitted
from adapters.magnetometry.column import Mode
from adapters.magnetometry.specimen import Specimen

SHARED = Path(__file__).parents[4] / "shared" / "data" / "fixtures"
TESLA = 1e7 / (4 * math.pi)
PRISM = Specimen(mass_mg=75.0, mass_uncertainty_mg=0.1, edges_mm=(2.0, 2.0, 2.5), edge_uncertainty_mm=0.01)
H = np.linspace(0.05, 9.0, 180) * TESLA
CURVES = {
    "Ms + χH": lambda h, ms, _: ms + 0.02 * ms * h / (9 * TESLA),
    "Ms − b/H² + χH": lambda h, ms, b: ms - ms * (b * TESLA / h) ** 2 + 0.01 * ms * h / (9 * TESLA),
    "Ms − a/H − b/H²": lambda h, ms, b: ms - ms * 0.2 * b * TESLA / h - ms * (b * TESLA / h) ** 2,
}


def _measurement(
    field: np.ndarray, moment: np.ndarray, specimen: Specimen = PRISM, kelvin: float = 300.0
) -> Measurement:
    return Measurement(
        columns={"field": field, "moment": moment, "temperature": np.full(len(field), kelvin)},
        units={"field": "A/m", "moment": "A.m2", "temperature": "K"},
        headings={},
        specimen=specimen,
        mode=Mode.TABLE,
        path="made.dat",
        sha256="",
    )


def _loop(inner: np.ndarray, magnetization: np.ndarray, specimen: Specimen = PRISM) -> Measurement:
    """Both polarities, as a magnetometer would see the prism: the applied field is the inner one plus D·M."""
    assert specimen.edges_mm is not None
    assert specimen.volume_mm3 is not None
    applied = inner + demagnetizing_factor(*specimen.edges_mm) * magnetization
    moment = magnetization * specimen.volume_mm3 * 1e-9
    return _measurement(np.concatenate([applied, -applied[::-1]]), np.concatenate([moment, -moment[::-1]]), specimen)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_each_law_recovers_its_own_truth(law: object) -> None:
    name = law.name  # type: ignore[attr-defined]
    M = CURVES[name](H, 1.2e6, 0.4)
    saturation = saturation_magnetization(_loop(H[40:], M[40:]))
    own = [one for one in saturation.estimates if one.law == name]
    assert len(own) == 6
    np.testing.assert_allclose([one.value for one in own], 1200.0, rtol=1e-7)


def test_a_fit_is_what_the_normal_equations_say() -> None:
    rng = np.random.default_rng(1)
    h = np.sort(rng.uniform(1.0, 5.0, 60))
    m = 3 - 0.2 / h**2 + 0.01 * h + rng.normal(0, 0.01, 60)
    found = fitted(LAWS[1], 0.5, h, m)
    assert found is not None
    h, m = h[h >= 0.5 * h.max()], m[h >= 0.5 * h.max()]
    X = np.column_stack([np.ones_like(h), h**-2, h])
    inverse = np.linalg.inv(X.T @ X)
    truth = inverse @ X.T @ m
    residual = m - X @ truth
    assert found.value == pytest.approx(truth[0], rel=1e-8)
    assert found.error == pytest.approx(math.sqrt(residual @ residual / (len(h) - 3) * inverse[0, 0]), rel=1e-6)


def test_the_stated_uncertainty_covers_the_truth_where_a_fit_error_does_not() -> None:
    rng = np.random.default_rng(5)
    inside: dict[str, list[bool]] = {name: [] for name in CURVES}
    by_fit: list[bool] = []
    for number in range(120):
        name = [*CURVES][number % 3]
        ms, b = rng.uniform(0.5e6, 1.6e6), rng.uniform(0.1, 0.5)
        inner = H[2.5 * b * TESLA < H]
        seen = _loop(inner, CURVES[name](inner, ms, b) * (1 + rng.normal(0, 1e-4, len(inner))))
        # The instrument is off by as much as it says.
        moment = seen.columns["moment"] * (1 + 0.01 * rng.normal())
        found = saturation_magnetization(replace(seen, columns={**seen.columns, "moment": moment}))
        inside[name].append(abs(found.value * 1e3 - ms) < 2 * found.uncertainty * 1e3)
        fit = next(one for one in found.estimates if one.law == "Ms + χH" and one.window == 0.5)
        by_fit.append(abs(fit.value * 1e3 - ms) < 2 * fit.error * 1e3)
    assert np.mean([*inside.values()]) > 0.92
    assert min(np.mean(hits) for hits in inside.values()) > 0.85
    assert np.mean(by_fit) < 0.3


def test_units_agree_with_each_other() -> None:
    loop = _loop(H, CURVES["Ms + χH"](H, 1.0e6, 0.0))
    by_volume = saturation_magnetization(loop)
    assert by_volume.unit == "kA/m"
    density = PRISM.density
    assert density is not None
    for unit, factor in {
        "MA/m": 1e-3,
        "A/m": 1e3,
        "T": 4e-4 * math.pi,
        "A.m2/kg": 1 / density,
        "emu/g": 1 / density,
    }.items():
        other = saturation_magnetization(loop, unit=unit)
        assert (other.value, other.unit) == (pytest.approx(by_volume.value * factor, rel=1e-6), unit)
    per_formula = saturation_magnetization(loop, unit="muB/f.u.", molar_mass=1081.0)
    assert per_formula.value == pytest.approx(by_volume.value / density * 1081.0 / 5584.939, rel=1e-6)


def test_components_are_what_was_stated_and_add_up() -> None:
    loop = _loop(H, CURVES["Ms + χH"](H, 1.0e6, 0.0))
    found = saturation_magnetization(loop, unit="A.m2/kg", calibration=0.02)
    assert found.components["mass"] == pytest.approx(found.value * 0.1 / 75.0)
    assert found.components["calibration"] == pytest.approx(found.value * 0.02)
    low, high = found.spread
    assert found.components["model"] == pytest.approx((high - low) / math.sqrt(12))
    assert found.uncertainty == pytest.approx(math.sqrt(sum(part**2 for part in found.components.values())))
    by_volume = saturation_magnetization(loop)
    assert by_volume.components["geometry"] >= by_volume.value * 0.01 * math.sqrt(2 / 4 + 1 / 6.25) / 2 * 0.99
    assert by_volume.components["mass"] == 0.0


def test_a_missing_mass_is_asked_for() -> None:
    loop = _loop(H, CURVES["Ms + χH"](H, 1.0e6, 0.0))
    for specimen in (Specimen(), replace(PRISM, mass_mg=None)):
        with pytest.raises(RejectedMeasurement, match="mass") as caught:
            saturation_magnetization(replace(loop, specimen=specimen))
        assert "--mass" in caught.value.remedy
    without = replace(loop, specimen=replace(PRISM, edges_mm=None))
    assert saturation_magnetization(without).unit == "A.m2/kg"
    with pytest.raises(RejectedMeasurement, match="size"):
        saturation_magnetization(without, unit="kA/m")


def test_mass_and_size_must_fit_together() -> None:
    loop = _loop(H, CURVES["Ms + χH"](H, 1.0e6, 0.0))
    with pytest.raises(RejectedMeasurement, match="a density of"):
        saturation_magnetization(replace(loop, specimen=replace(PRISM, mass_mg=75000.0)))


def test_a_hard_magnet_is_fitted_only_where_it_has_turned() -> None:
    field = np.concatenate([np.linspace(9, -9, 300), np.linspace(-9, 9, 300)]) * TESLA
    turning = np.concatenate([np.full(300, -3.2), np.full(300, 3.2)]) * TESLA
    moment = 1.2e6 * 10e-9 * np.tanh((field - turning) / (0.2 * TESLA))
    found = saturation_magnetization(_measurement(field, moment, PRISM))
    windows = {one.window for one in found.estimates if one.window == one.window}
    assert min(windows) >= 0.4
    assert abs(found.value - 1200) < 2 * found.uncertainty < 100


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (lambda h: 1e-9 * h, "does not saturate"),
        (lambda h: -1e-9 * h, "diamagnetic"),
        (lambda h: -1e-3 * np.tanh(h / TESLA), "against the field"),
    ],
)
def test_what_does_not_saturate_is_refused(moment: object, reason: str) -> None:
    field = np.concatenate([-H[::-1], H])
    with pytest.raises(RejectedMeasurement, match=reason):
        saturation_magnetization(_measurement(field, moment(field)), unit="A.m2/kg")  # type: ignore[operator]


def test_the_temperature_must_be_said_where_there_are_several() -> None:
    cold = _loop(H, CURVES["Ms + χH"](H, 1.0e6, 0.0))
    both = {name: np.concatenate([column, column]) for name, column in cold.columns.items()}
    both["temperature"] = np.repeat([5.0, 300.0], len(cold.signal))
    both["moment"][len(cold.signal) :] *= 0.5
    measurement = replace(cold, columns=both)
    with pytest.raises(RejectedMeasurement, match="2 temperatures: 5 K, 300 K"):
        saturation_magnetization(measurement)
    assert saturation_magnetization(measurement, temperature=300).value == pytest.approx(
        0.5 * saturation_magnetization(measurement, temperature=5).value, rel=0.02
    )
    with pytest.raises(RejectedMeasurement, match="at 77 K"):
        saturation_magnetization(measurement, temperature=77)


@pytest.mark.skipif(not SHARED.is_dir(), reason="real files are not in the repository")
def test_the_reference_sample() -> None:
    found = saturation_magnetization(read_measurement(SHARED / "qd_vsm_magmeas_VSM_MH.DAT.gz"))
    assert found.maximum == pytest.approx(557, abs=0.5)
    assert found.demagnetizing_factor == pytest.approx(0.2683, abs=5e-5)
    low, high = found.spread
    assert 505 < low < 520
    assert 590 < high < 600
    assert 15 < found.uncertainty < 45
    with pytest.raises(RejectedMeasurement, match="against the field"):
        saturation_magnetization(read_measurement(SHARED / "qd_mpms3_brimmler_MH_300K.dat", mass_mg=10))
