"""The demagnetizing factor of a rectangular prism."""

from __future__ import annotations

from math import atan, log, pi, sqrt


def demagnetizing_factor(a: float, b: float, c: float) -> float:
    """Magnetometric demagnetizing factor of a uniformly magnetized rectangular prism along its edge ``c``.

    Parameters
    ----------
    a, b, c
        Edges, in any one unit; only their ratios matter.

    Returns
    -------
    float
        D in SI (the three axes add up to 1): ``H = H_applied − D·M``, averaged over the volume. A. Aharoni, J. Appl.
        Phys. 83, 3432 (1998), eq. (1).

    Raises
    ------
    ValueError
        Where an edge is not positive.
    """
    if not (a > 0 and b > 0 and c > 0):
        raise ValueError(f"edges {a:g}, {b:g}, {c:g}, expected three positive lengths")
    # The logarithms cancel badly in long rods; the factor depends on ratios alone.
    scale = (a * b * c) ** (1 / 3)
    a, b, c = a / scale, b / scale, c / scale
    ab, bc, ca = sqrt(a * a + b * b), sqrt(b * b + c * c), sqrt(c * c + a * a)
    abc = sqrt(a * a + b * b + c * c)
    logarithms = (
        (b * b - c * c) / (2 * b * c) * _ratio(abc, -a)
        + (a * a - c * c) / (2 * a * c) * _ratio(abc, -b)
        + b / (2 * c) * _ratio(ab, a)
        + a / (2 * c) * _ratio(ab, b)
        + c / (2 * a) * _ratio(bc, -b)
        + c / (2 * b) * _ratio(ca, -a)
    )
    algebraic = (
        (a**3 + b**3 - 2 * c**3) / (3 * a * b * c)
        + (a * a + b * b - 2 * c * c) / (3 * a * b * c) * abc
        + c / (a * b) * (ca + bc)
        - (ab**3 + bc**3 + ca**3) / (3 * a * b * c)
    )
    return (logarithms + 2 * atan(a * b / (c * abc)) + algebraic) / pi


def _ratio(diagonal: float, edge: float) -> float:
    """ln((d + e)/(d − e))."""
    return log((diagonal + edge) / (diagonal - edge))
