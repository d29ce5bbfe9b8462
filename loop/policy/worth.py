"""What a point is worth, as a function of several targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError


@dataclass(frozen=True)
class Worth:
    """w(x) = Σ_t c_t(x) y_t(x) + c₀(x): linear in the targets, with coefficients that may depend on the point.

    A sum of targets, a magnetization per price, a magnetization less a price: given θ all of them are Gaussian where
    the targets are, so that every rule stays as exact as it is for one target.

    Parameters
    ----------
    targets
        Names of the T targets.
    coefficients
        Function from points (n, d) to coefficients (T + 1, n), the constant term last.
    """

    targets: tuple[str, ...]
    coefficients: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def scaled(cls, target: str, scale: Callable[[np.ndarray], np.ndarray]) -> Worth:
        """Return scale(x)·y(x) of one target."""

        def coefficients(X: np.ndarray) -> np.ndarray:
            factors = np.asarray(scale(X), dtype=float)
            if factors.shape != (len(X),):
                raise CampaignError(f"the scale of {target!r} gave {factors.shape}, expected {len(X)} finite factors")
            return np.stack([factors, np.zeros(len(X))])

        return cls((target,), coefficients)

    def at(self, X: np.ndarray) -> np.ndarray:
        """Coefficients (T + 1, n) at the points X (n, d).

        Raises
        ------
        CampaignError
            Where they are not finite numbers of that shape.
        """
        found = np.asarray(self.coefficients(X), dtype=float)
        if found.shape != (len(self.targets) + 1, len(X)) or not np.isfinite(found).all():
            raise CampaignError(
                f"the worth of {', '.join(self.targets)}: expected {len(X)} finite factors of each at as many points, "
                f"found {int(np.isfinite(found).all(axis=0).sum()) if found.ndim == 2 else found.shape}"
            )
        return found

    def of(self, X: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Worth (n,) of values (n,) of the targets at the points X (n, d)."""
        *factors, found = self.at(X)
        for target, factor in zip(self.targets, factors, strict=True):
            found = found + factor * values[target]
        return np.asarray(found)
