"""Moments of M(T) = M0·m(T/Tc; u) where M0, Tc and the shape coordinates u are jointly Gaussian."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from loop.assimilation.arrays import Array
from loop.magnetism.law import Law

CURIE_NODES, SHAPE_NODES = 24, 3
"""Gauss–Hermite nodes in Tc, where the law has its kink, and in every shape coordinate."""
CHUNK = 2048
"""Points handled at once."""
SURE = 1e-6
"""Relative deviation below which a quantity counts as exactly known, so that covariances can be factorized."""
COLDEST = 1.0
"""Least Curie temperature in K that a node may have: what lies below is the tail of a Gaussian, no magnet."""


@dataclass(frozen=True)
class Moments:
    """First two moments of n values of M(T) and their covariance with z = (M0, Tc, u).

    Parameters
    ----------
    mean, variance
        (n,).
    cross
        cov(M, z), (n, 2 + k).
    """

    mean: Array
    variance: Array
    cross: Array


def expectation(law: Law, temperature: Array, mean: Array, covariance: Array) -> Moments:
    """Integrate the law over z ~ N(mean, covariance).

    Parameters
    ----------
    law
        Shape law with k parameters.
    temperature
        In K, (n,).
    mean
        Of z = (M0, Tc, u), (n, 2 + k).
    covariance
        Of z, (n, 2 + k, 2 + k).

    Returns
    -------
    Moments
        M0 is integrated in closed form given the rest (the law is linear in it), the rest by Gauss–Hermite quadrature.
    """
    if not len(mean):
        return Moments(np.empty(0), np.empty(0), np.empty(mean.shape))
    parts = [slice(start, start + CHUNK) for start in range(0, len(mean), CHUNK)]
    found = [_chunk(law, temperature[part], mean[part], covariance[part]) for part in parts]
    return Moments(
        np.concatenate([each.mean for each in found]),
        np.concatenate([each.variance for each in found]),
        np.concatenate([each.cross for each in found]),
    )


def _chunk(law: Law, temperature: Array, mean: Array, covariance: Array) -> Moments:
    xi, weights = _nodes(mean.shape[1] - 1)
    known = (SURE * np.maximum(np.abs(mean[:, 1:]), SURE)) ** 2
    inner = covariance[:, 1:, 1:] + known[:, :, None] * np.eye(known.shape[1])
    away = np.einsum("gi,nji->ngj", xi, np.linalg.cholesky(inner))
    v = mean[:, None, 1:] + away
    m = law.reduced(temperature[:, None] / np.maximum(v[:, :, 0], COLDEST), v[:, :, 1:]) * weights
    gain = np.linalg.solve(inner, covariance[:, 1:, :1])[:, :, 0]
    spread = np.einsum("ngj,nj->ng", away, gain)
    M0 = mean[:, :1] + spread
    left = np.maximum(covariance[:, 0, 0] - np.einsum("nj,nj->n", gain, covariance[:, 1:, 0]), 0.0)[:, None]
    value = np.sum(M0 * m, axis=1)
    square = np.sum((M0**2 + left) * m**2 / weights, axis=1)
    by_zero = np.sum((M0 * spread + left) * m, axis=1)
    by_rest = np.einsum("ngj,ng->nj", away, M0 * m)
    cross = np.concatenate([by_zero[:, None], by_rest], axis=1)
    return Moments(value, np.maximum(square - value**2, 0.0), cross)


@cache
def _nodes(dimension: int) -> tuple[Array, Array]:
    """Nodes (g, dimension) and weights (g,) of a standard normal: Tc first, then the shape."""
    rules = [np.polynomial.hermite_e.hermegauss(CURIE_NODES)]
    rules += [np.polynomial.hermite_e.hermegauss(SHAPE_NODES)] * (dimension - 1)
    grids = np.meshgrid(*(x for x, _ in rules), indexing="ij")
    products = np.meshgrid(*(w / w.sum() for _, w in rules), indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1), np.prod([each.ravel() for each in products], axis=0)
