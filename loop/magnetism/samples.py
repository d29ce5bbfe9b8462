"""What a posterior says of z = (M0, Tc, u) at points and for rows: the place where law and engine meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import OffsetBasis, Posterior
from loop.assimilation.arrays import Array, Generator, Ints
from loop.magnetism.law import Law


@dataclass(frozen=True)
class Shape:
    """Where the learned shape coordinates stand among the coefficients: (u − prior mean)·unit, of M0's own equation.

    Parameters
    ----------
    law
        The law, with its prior.
    free
        Which coordinates are learned, (f,).
    columns
        Their places among the functions of the basis, (f,).
    unit
        Unit of M0.
    """

    law: Law
    free: Ints
    columns: Ints
    unit: float

    def coordinates(self, coefficients: Array) -> Array:
        """Coordinates (…, k) from coefficients of M0's curve (…, p)."""
        u = np.broadcast_to(self.law.mean, (*coefficients.shape[:-1], len(self.law.mean))).copy()
        u[..., self.free] += coefficients[..., self.columns] / self.unit
        return u


@dataclass(frozen=True)
class Sampled:
    """First two moments of all curves and shapes, and the residual covariance of one sample.

    Parameters
    ----------
    basis
        Functions and offsets.
    shape
        The shape coordinates.
    mean, covariance
        Coefficients of M0 and Tc, (2, p) and (2, p, 2, p).
    residual
        Covariance (2, 2) of M0 and Tc of one sample about their curves.
    """

    basis: OffsetBasis
    shape: Shape
    mean: Array
    covariance: Array
    residual: Array

    @classmethod
    def of(cls, posterior: Posterior, basis: OffsetBasis, shape: Shape, targets: tuple[str, str]) -> Sampled:
        """Collapse a posterior; ``targets`` are the names of M0 and Tc."""
        mean, covariance = posterior.joint(targets)
        return cls(basis, shape, mean, covariance, posterior.noise_covariance(targets))

    def moments(self, X: Array, offsets: Array | None = None, *, noisy: bool = False) -> tuple[Array, Array]:
        """Mean (n, 2 + k) and covariance (n, 2 + k, 2 + k) of z at points X (n, d).

        Parameters
        ----------
        X
            Points.
        offsets
            Values (n, e) of the offsets, shape coordinates left aside; None is no offset.
        noisy
            Of the values of one sample there, not of the curves.
        """
        phi = self.basis.columns(X)
        if offsets is not None:
            phi = phi.copy()
            phi[self.basis.functions.size :] = offsets.T
        phi[self.shape.columns] = 0.0
        n, k = phi.shape[1], len(self.shape.law.mean)
        mean, covariance = np.empty((n, 2 + k)), np.zeros((n, 2 + k, 2 + k))
        mean[:, :2] = (self.mean @ phi).T
        mean[:, 2:] = self.shape.coordinates(self.mean[0])
        for i in range(2):
            reach = np.tensordot(self.covariance[i], phi, axes=(0, 0))
            for j in range(2):
                covariance[:, i, j] = np.einsum("pn,pn->n", reach[j], phi)
        self._fill_shape(covariance, phi)
        return mean, covariance + (self._noise(k) if noisy else 0.0)

    def _fill_shape(self, covariance: Array, phi: Array) -> None:
        where, columns, unit = 2 + self.shape.free, self.shape.columns, self.shape.unit
        for i in range(2):
            shared = (self.covariance[i][:, 0, columns].T @ phi).T / unit
            covariance[:, i, where] = covariance[:, where, i] = shared
        own = self.covariance[0][columns][:, 0, columns] / unit**2
        covariance[:, where[:, None], where] = own

    def _noise(self, k: int) -> Array:
        noise = np.zeros((2 + k, 2 + k))
        noise[:2, :2] = self.residual
        return noise

    def coordinates(self) -> tuple[Array, Array]:
        """Mean (k,) and covariance (k, k) of the shape coordinates."""
        k = len(self.shape.law.mean)
        covariance = np.zeros((k, k))
        columns = self.shape.columns
        own = self.covariance[0][columns][:, 0, columns] / self.shape.unit**2
        covariance[np.ix_(self.shape.free, self.shape.free)] = own
        return self.shape.coordinates(self.mean[0]), covariance


@dataclass(frozen=True)
class LawCurves:
    """Joint draws of M at a temperature over the whole space.

    Parameters
    ----------
    basis
        Functions and offsets.
    shape
        The shape coordinates.
    coefficients
        Of M0 and Tc, (2, s, p).
    """

    basis: OffsetBasis
    shape: Shape
    coefficients: Array

    @classmethod
    def draw(
        cls, posterior: Posterior, basis: OffsetBasis, shape: Shape, targets: tuple[str, str], n: int, rng: Generator
    ) -> LawCurves:
        """Draw n of them from a posterior."""
        return cls(basis, shape, posterior.draw_jointly(n, targets, rng))

    def values(self, X: Array, temperature: float | Array) -> Array:
        """M (n, s) at points X (n, d) and temperatures in K."""
        own = self.basis.functions
        phi = own.columns(X)
        M0, Tc = (self.coefficients[:, :, : own.size] @ phi).swapaxes(1, 2)
        tau = np.broadcast_to(np.asarray(temperature, dtype=float), len(X))[:, None] / np.maximum(Tc, 1.0)
        return np.asarray(M0 * self.shape.law.reduced(tau, self.shape.coordinates(self.coefficients[0])))
