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


def pairs(rng: Generator) -> tuple[Array, Array]:
    """Rows (n, 1), (n, 2) of D1's functions, both observed; the experiment shares the calculation's scatter."""
    x = np.linspace(0.02, 0.98, ROWS)
    calculation = Demonstration.calculation(x) + NOISE * rng.standard_normal(ROWS)
    return x[:, None], np.column_stack([calculation, calculation - 1.5 + NOISE * rng.standard_normal(ROWS)])


def fits(X: Array, Y: Array) -> dict[str, DataAssimilation]:
    """Fit all rows, all with one experiment missing, and all without that row; both targets are free cubics."""
    lacking = Y.copy()
    lacking[LOST, 1] = np.nan
    others = np.arange(len(X)) != LOST
    data = {COMPLETE: (X, Y), MISSING: (X, lacking), ABSENT: (X[others], Y[others])}
    structure = Structure(("calc", "expt"), parents={"expt": ("calc",)})
    return {name: DataAssimilation(PolynomialBasis(1, 3), structure).fit(*rows) for name, rows in data.items()}


def weights(models: dict[str, DataAssimilation], x: Array) -> dict[str, float]:
    """Weight of the row: the precision that it adds to the fitted experiment at its own point x (1, 1)."""
    precision = {name: float(model.predict(x, return_std=True)[1][0]) ** -2 for name, model in models.items()}
    return {name: precision[name] - precision[ABSENT] for name in (COMPLETE, MISSING)}


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
    models = fits(X, Y)
    joint, deviations = _joint(models[COMPLETE], X[LOST], Y[LOST])
    added = weights(models, X[LOST : LOST + 1])
    share = np.array([added[COMPLETE], added[MISSING]]) / added[COMPLETE]
    bars = Curve(WEIGHT, "share of the complete row's weight", np.arange(2.0), share)
    change = models[MISSING].predict(X[LOST : LOST + 1]) - models[COMPLETE].predict(X[LOST : LOST + 1])
    numbers = {
        "deviation of the calculation, experiment known": deviations[0],
        "deviation of the calculation, experiment missing": deviations[1],
        "weight of the row, complete": added[COMPLETE],
        "weight of the row, experiment missing": added[MISSING],
        "change of the fitted experiment at the row": float(change[0]),
    }
    return [*joint, *_fit(models, X[LOST : LOST + 1]), bars], numbers


def _joint(model: DataAssimilation, x: Array, y: Array) -> tuple[list[Curve], tuple[float, float]]:
    """Ellipses of one row's distribution, the strip that is left of it, and the densities of its calculation."""
    q = model.structure.size
    precision = model.precision_[:, -q:]
    marginal = precision[0, 0] - precision[0, 1] * precision[1, 0] / precision[1, 1]  # Λ̄11 of method.md 2
    mean = np.array([float(model.predict(x[None], target)[0]) for target in range(q)])
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


def _fit(models: dict[str, DataAssimilation], x: Array) -> list[Curve]:
    """How uncertain the fitted experiment is, and where the row lies."""
    grid = np.linspace(0.0, 1.0, 201)
    found = [Curve(FIT, name, grid, model.predict(grid[:, None], return_std=True)[1]) for name, model in models.items()]
    at = np.array([model.predict(x, return_std=True)[1][0] for model in models.values()])
    return [*found, Curve(FIT, "at the row", np.full(len(at), x[0, 0]), at)]
