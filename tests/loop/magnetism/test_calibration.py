"""Simulation-based calibration and coverage of the finite-temperature model (method.md, 3 and 4)."""

import numpy as np
import pytest
from scipy.stats import chi2

from loop.assimilation import PolynomialBasis, Prior
from loop.magnetism import FiniteTemperature, KuzminLaw, Row

BASIS, PRIOR = PolynomialBasis(1, 1), Prior(residual=0.15, constant=0.7, discrepancy=0.7, log_scale=0.5)
LAW = KuzminLaw(0.6, 2.5, 0.2, 0.2)
CENTRE, UNIT = np.array([30.0, 32.0, 620.0]), np.array([4.0, 4.0, 80.0])
DRAWS, BINS = 47, 8
AT, T = np.array([[0.3], [0.9]]), np.array([300.0, 450.0])


def truth(rng):
    """Curves, scatters, laboratories and shape from the model's prior, in the targets' units."""
    s = np.abs(rng.normal(0.0, PRIOR.residual, 3)) * UNIT
    C = rng.normal(1.0, PRIOR.relation)
    g = np.exp(PRIOR.log_scale * rng.normal(size=2))
    calculated = np.r_[PRIOR.constant, g[0]] * rng.normal(size=2) * UNIT[0]
    zero = C * calculated + np.r_[PRIOR.discrepancy * rng.normal() * UNIT[1], 0.0]
    curie = np.r_[PRIOR.constant, g[1]] * rng.normal(size=2) * UNIT[2]
    spread = np.array([0.2, 0.05]) * np.exp(rng.normal(size=2)) * UNIT[1:]
    u = LAW.mean + LAW.deviation * rng.normal(size=2)
    return s, C, (calculated, zero, curie), rng.normal(size=(4, 2)) * spread, u


def values(X, curve, centre):
    return centre + BASIS.design(X) @ curve


def rows_of(rng, s, C, curves, shift, u):
    X = [rng.random((n, 1)) for n in (8, 16, 8)]
    y = values(X[0], curves[0], CENTRE[0]) + s[0] * rng.normal(size=8)
    rows = [
        Row(x=tuple(x), quantity="magnetization", source="calculation", value=v) for x, v in zip(X[0], y, strict=True)
    ]
    lab, at = rng.integers(4, size=16), rng.choice([4.0, 300.0, 400.0], 16)
    zero = (
        values(X[1], curves[1], CENTRE[1]) + shift[lab, 0] + C * s[0] * rng.normal(size=16) + s[1] * rng.normal(size=16)
    )
    curie = values(X[1], curves[2], CENTRE[2]) + shift[lab, 1] + s[2] * rng.normal(size=16)
    y = zero * LAW.reduced(at / np.maximum(curie, 1.0), u) + 0.1 * rng.normal(size=16)
    rows += [
        Row(
            x=tuple(x),
            quantity="magnetization",
            source="experiment",
            temperature=t,
            value=v,
            deviation=0.1,
            laboratory=f"L{k}",
        )
        for x, t, v, k in zip(X[1], at, y, lab, strict=True)
    ]
    lab = rng.integers(4, size=8)
    y = values(X[2], curves[2], CENTRE[2]) + shift[lab, 1] + s[2] * rng.normal(size=8)
    return rows + [
        Row(x=tuple(x), quantity="curie_temperature", source="experiment", value=v, laboratory=f"L{k}")
        for x, v, k in zip(X[2], y, lab, strict=True)
    ]


def replicate(seed):
    """Ranks of M at two points and temperatures, of Tc and of the shape; and which 95 % bands hold the truth."""
    rng = np.random.default_rng(seed)
    drawn = truth(rng)
    _, _, curves, _, u = drawn
    model = FiniteTemperature(
        BASIS, active={"M0": ("1",)}, law=LAW, prior=PRIOR, centre=CENTRE, scale=UNIT, random_state=seed
    ).fit(rows_of(rng, *drawn))
    zero, curie = values(AT, curves[1], CENTRE[1]), values(AT, curves[2], CENTRE[2])
    exact = zero * LAW.reduced(T / np.maximum(curie, 1.0), u)
    draws = model.draw(DRAWS, rng)
    shapes = draws.shape.coordinates(draws.coefficients[0])
    curies = draws.coefficients[1, :, :2] @ BASIS.design(AT[:1])[0]
    below = [draws.values(AT, T) < exact[:, None], (curies < curie[0])[None], (shapes < u).T]
    band = model.predict(AT, T, quantiles=(0.025, 0.975))[1]
    return np.concatenate(below).sum(axis=1), (band[:, 0] <= exact) & (exact <= band[:, 1])


@pytest.mark.slow
def test_simulation_based_calibration():
    results = [replicate(seed) for seed in range(120)]
    ranks = np.array([rank for rank, _ in results])
    histograms = [np.bincount(column * BINS // (DRAWS + 1), minlength=BINS) for column in ranks.T]
    expected = len(ranks) / BINS
    p_values = chi2.sf([np.sum((h - expected) ** 2) / expected for h in histograms], BINS - 1)
    assert p_values.min() > 0.01 / len(p_values), (p_values, histograms)
    assert 0.91 <= np.mean([covered for _, covered in results]) <= 0.98


def test_bands_of_truths_from_the_prior_cover():
    """A quick version of the above."""
    covered = [replicate(seed)[1] for seed in range(1000, 1008)]
    assert np.mean(covered) >= 0.7
