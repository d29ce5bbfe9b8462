"""How a missing value widens the distribution of its row and lowers the row's weight, computed."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.assimilation.arrays import Array, Generator
from loop.figures.curves import Curve
from loop.problems import Demonstration

ROWS, LOST = 12, 6
"""Rows that hold both values, and the one that loses its experiment."""
NOISE = 0.1
JOINT, DENSITY, FIT, WEIGHT = "joint density", "density of the calculation", "fit", "weight"
COMPLETE, MISSING, ABSENT = "complete row", "experiment missing", "without the row"
CASES = (COMPLETE, MISSING, ABSENT)


def pairs(rng: Generator) -> tuple[Array, Array]:
    """Rows (n, 1), (n, 2) of D1's functions, both observed; the experiment shares the calculation's scatter."""
    x = np.linspace(0.02, 0.98, ROWS)
    calculation = Demonstration.calculation(x) + NOISE * rng.standard_normal(ROWS)
    return x[:, None], np.column_stack([calculation, calculation - 1.5 + NOISE * rng.standard_normal(ROWS)])


def fit(X: Array, Y: Array) -> DataAssimilation:
    """Fit both targets as free cubics."""
    structure = Structure(("calc", "expt"), parents={"expt": ("calc",)})
    return DataAssimilation(PolynomialBasis(1, 3), structure).fit(X, Y)


def information(row: str, Lambda: Array) -> Array:
    """What one row says of its two means, (2, 2): Λ where it is complete, Λ̄ of method.md 2 where the second is missing.

    Parameters
    ----------
    row
        Complete, missing or absent.
    Lambda
        Λyy of the fit, (2, 2).
    """
    if row == ABSENT:
        return np.zeros((2, 2))
    if row == COMPLETE:
        return Lambda
    return np.diag([Lambda[0, 0] - Lambda[0, 1] * Lambda[1, 0] / Lambda[1, 1], 0.0])


def deviation(design: Array, at: Array, Lambda: Array, row: str) -> Array:
    """Deviation of the fitted experiment for given Λ where one row is complete, lacks its experiment, or is absent.

    For given Λ it depends on which values are there, not on what they are; refitting would mix in that a value out of
    line makes all noise look larger.

    Parameters
    ----------
    design
        Functions at the rows (n, p).
    at
        Functions where it is wanted (m, p).
    Lambda, row
        Of :func:`information`.
    """
    total = np.zeros((2 * design.shape[1],) * 2)
    for k, phi in enumerate(design):
        total += np.kron(information(row if k == LOST else COMPLETE, Lambda), np.outer(phi, phi))
    root = np.linalg.solve(np.linalg.cholesky(total), np.kron([[0.0], [1.0]], at.T))
    return np.asarray(np.sqrt(np.sum(root**2, axis=0)))


def missing_curves(seed: int) -> tuple[list[Curve], dict[str, float]]:
    """Compute what the lower panels of D1 show.

    Returns
    -------
    list of Curve
        Of the four panels.
    dict of str to float
        Deviation of the calculation given the experiment and without it, and the two weights,
        and how far the fitted experiment moves.
    """
    X, Y = pairs(np.random.default_rng([seed, 1]))
    model, lacking = fit(X, Y), Y.copy()
    lacking[LOST, 1] = np.nan
    joint, deviations = _joint(model, X[LOST], Y[LOST])
    uncertain = _uncertainty(model, X)
    precision = dict(zip(CASES, uncertain[-1].y ** -2.0, strict=True))
    added = np.array([precision[row] - precision[ABSENT] for row in (COMPLETE, MISSING)])
    bars = Curve(WEIGHT, "share of the complete row's weight", np.arange(2.0), added / added[0])
    change = fit(X, lacking).predict(X[LOST : LOST + 1]) - model.predict(X[LOST : LOST + 1])
    numbers = {
        "deviation of the calculation, experiment known": deviations[0],
        "deviation of the calculation, experiment missing": deviations[1],
        "weight of the row (precision it adds), complete": float(added[0]),
        "weight of the row, experiment missing": float(added[1]),
        "change of the fitted experiment at the row": float(change[0]),
    }
    return [*joint, *uncertain, bars], numbers


def _joint(model: DataAssimilation, x: Array, y: Array) -> tuple[list[Curve], tuple[float, float]]:
    """Ellipses of one row's distribution, the strip that is left of it, and the densities of its calculation."""
    precision = model.precision_[:, -2:]
    marginal = information(MISSING, precision)[0, 0]
    mean = np.array([float(model.predict(x[None], target)[0]) for target in range(2)])
    known, unknown = float(precision[0, 0] ** -0.5), float(marginal**-0.5)
    angle = np.linspace(0.0, 2.0 * np.pi, 181)
    root = np.linalg.cholesky(model.residual_covariance_)
    found = []
    for times in (1, 2):
        ring = mean[:, None] + times * root @ np.array([np.cos(angle), np.sin(angle)])
        found.append(Curve(JOINT, f"{COMPLETE}, {times}σ", ring[0], ring[1]))
    high = np.array([-4.5, 4.5]) * np.sqrt(model.residual_covariance_[1, 1]) + mean[1]
    for end, sign in (("lower", -1.0), ("upper", 1.0)):
        found.append(Curve(JOINT, f"{MISSING}, 2σ, {end} end", np.full(2, mean[0] + sign * 2.0 * unknown), high))
    found.append(Curve(JOINT, "the row", y[:1], y[1:]))
    given = mean[0] - precision[0, 1] / precision[0, 0] * (y[1] - mean[1])
    axis = mean[0] + unknown * np.linspace(-4.0, 4.0, 201)
    found.append(Curve(DENSITY, COMPLETE, axis, norm.pdf(axis, given, known)))
    found.append(Curve(DENSITY, MISSING, axis, norm.pdf(axis, mean[0], unknown)))
    return found, (known, unknown)


def _uncertainty(model: DataAssimilation, X: Array) -> list[Curve]:
    """How uncertain the fitted experiment is, and where the row lies (last)."""
    grid, design, Lambda = np.linspace(0.0, 1.0, 201), model.basis.design(X), model.precision_[:, -2:]
    wanted = model.basis.design(grid[:, None])
    curves = [Curve(FIT, row, grid, deviation(design, wanted, Lambda, row)) for row in CASES]
    at = np.array([deviation(design, design[LOST : LOST + 1], Lambda, row)[0] for row in CASES])
    return [*curves, Curve(FIT, "at the row", np.full(len(at), X[LOST, 0]), at)]
