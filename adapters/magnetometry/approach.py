"""Laws of the approach to saturation, fitted to the upper part of a curve M(H)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.measurement import Array

WINDOWS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Lower ends of the fitted ranges, as fractions of the highest internal field."""

_LEAST = 6
_TURNED = 0.7


@dataclass(frozen=True)
class Law:
    """A law that is linear in its coefficients, the saturation magnetization among them.

    Parameters
    ----------
    name
        As a person writes it.
    terms
        Beside the constant: functions of h = H/H_max, stacked (n, k).
    """

    name: str
    terms: Callable[[Array], Array]


LAWS = (
    Law("Ms + χH", lambda h: h[:, None]),
    Law("Ms − b/H² + χH", lambda h: np.column_stack([-(h**-2), h])),
    Law("Ms − a/H − b/H²", lambda h: np.column_stack([-(h**-1), -(h**-2)])),
)
"""In use; S. Chikazumi, Physics of Ferromagnetism, 2nd ed. (1997), chapter 18.3."""

MAXIMUM = "max |M|"


@dataclass(frozen=True)
class LawEstimate:
    """What one law says in one window.

    Parameters
    ----------
    law
        Its name.
    window
        Lower end of the fitted range, as a fraction of the highest field; NaN for the maximum.
    value, error
        Saturation magnetization and the formal error of the fit, in the unit of the curve.
    """

    law: str
    window: float
    value: float
    error: float


def fitted(law: Law, window: float, field: Array, magnetization: Array) -> LawEstimate | None:
    """Fit one law to one window by least squares.

    Parameters
    ----------
    law, window
        Which.
    field
        Internal field, (n,), positive.
    magnetization
        Along the field, (n,).

    Returns
    -------
    LawEstimate or None
        None where the window holds too few points, or they do not determine the law.
    """
    top = float(np.max(field))
    chosen = field >= window * top
    h, m = field[chosen] / top, magnetization[chosen]
    if len(h) < _LEAST:
        return None
    X = np.column_stack([np.ones(len(h)), law.terms(h)])
    if np.linalg.matrix_rank(X, tol=1e-6 * np.linalg.norm(X)) < X.shape[1] or len(h) <= X.shape[1]:
        return None
    coefficients = np.linalg.lstsq(X, m, rcond=None)[0]
    variance = float(((m - X @ coefficients) ** 2).sum()) / (len(h) - X.shape[1])
    error = float(np.sqrt(variance * np.linalg.inv(X.T @ X)[0, 0]))
    return LawEstimate(law.name, window, float(coefficients[0]), error)


def _reversal(field: Array, magnetization: Array) -> float:
    """Highest field, as a fraction of all, in which the sample has not turned yet: no law holds below it."""
    low = magnetization < _TURNED * float(np.max(magnetization))
    return float(np.max(field[low]) / np.max(field)) if low.any() else 0.0


def estimates(field: Array, magnetization: Array) -> list[LawEstimate]:
    """Every law in every window in which the sample has turned to the field, and the largest magnetization there is.

    Parameters
    ----------
    field
        Internal field, (n,), positive.
    magnetization
        Along the field, (n,).
    """
    floor = _reversal(field, magnetization)
    windows = [window for window in WINDOWS if window > floor]
    tried = [fitted(law, window, field, magnetization) for law in LAWS for window in windows]
    nan = float("nan")
    return [LawEstimate(MAXIMUM, nan, float(np.max(magnetization)), 0.0)] + [one for one in tried if one is not None]
