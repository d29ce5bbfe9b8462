"""Speed of the assimilation engine as ratios to a reference timed in the same process (issue 4).

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/assimilation_speed.py``; every line is measured, limit, what. Medians;
the reference and the thing measured alternate, so that other load on the machine strikes both.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from loop.assimilation import DataAssimilation, PolynomialBasis, SineBasis, Statistics, Structure

STRUCTURE = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": (0, 1, 7)})
BASIS = SineBasis(2, 7)


@dataclass(frozen=True)
class Ratio:
    """One measured ratio and its limit."""

    what: str
    measured: float
    limit: float


def seconds(run: Callable[[], object], repeat: int = 1) -> float:
    """CPU seconds of one run, averaged over a burst."""
    start = time.process_time()
    for _ in range(repeat):
        run()
    return (time.process_time() - start) / repeat


def ratio(run: Callable[[], object], reference: Callable[[], object], rounds: int, burst: int = 1) -> float:
    """Median of alternating ratios; the reference is repeated ``burst`` times to be measurable."""
    run()
    return float(np.median([seconds(run) / seconds(reference, burst) for _ in range(rounds)]))


def search_rows(n: int, m: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of D3 (method.md, 6): n calculations, m experiments, 49 coefficients."""
    rng = np.random.default_rng(seed)
    W = 0.25 * rng.normal(size=49)
    W[0] = 2.0
    X = rng.random((n + m, 2))
    calc = BASIS.design(X) @ W
    Y = np.full((n + m, 2), np.nan)
    Y[:n, 0] = calc[:n] + 0.01 * rng.normal(size=n)
    shift = BASIS.design(X[n:])[:, [0, 1, 7]] @ np.array([-2.0, 0.5, -0.4])
    Y[n:, 1] = calc[n:] + shift + 0.05 * rng.normal(size=m)
    return X, Y


def full_fit() -> Ratio:
    """A whole Bayesian fit against one factorization and solve of size 52."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(80, 52))
    A, b = A.T @ A + np.eye(52), np.ones(52)
    X, Y = search_rows(60, 20)
    model = DataAssimilation(BASIS, STRUCTURE)
    found = ratio(lambda: model.fit(X, Y), lambda: cho_solve(cho_factor(A), b), 15, 200)
    return Ratio("bayes fit of 49 coefficients, 60 + 20 rows / Cholesky solve of size 52", found, 1000.0)


def fit_from_statistics() -> Ratio:
    """The number of rows behind the statistics does not matter."""
    many, few = (Statistics.of(BASIS, 2, *search_rows(n, n // 4)) for n in (800_000, 800))
    model = DataAssimilation(BASIS, STRUCTURE)
    found = ratio(lambda: model.fit_statistics(many), lambda: model.fit_statistics(few), 11)
    return Ratio("fit from statistics of 10⁶ rows / of 10³ rows", found, 1.2)


def long_table() -> Ratio:
    """Adding a million rows against the product ZᵀZ."""
    X, Y = search_rows(800_000, 200_000)
    Z = np.column_stack([BASIS.design(X), np.nan_to_num(Y)])
    model = DataAssimilation(BASIS, STRUCTURE)
    found = ratio(lambda: model.fit_statistics(Statistics(49, 2)) and model.partial_fit(X, Y), lambda: Z.T @ Z, 5)
    return Ratio("partial_fit of 10⁶ rows / ZᵀZ (51 columns)", found, 3.0)


def many_candidates() -> Ratio:
    """Mean and deviation at a million points against (10⁶ × p)(p × p)."""
    model = DataAssimilation(BASIS, STRUCTURE).fit(*search_rows(60, 20))
    X = np.random.default_rng(1).random((1_000_000, 2))
    Z, Q = np.ascontiguousarray(BASIS.design(X)), np.eye(49)
    found = ratio(lambda: model.predict(X, return_std=True), lambda: Z @ Q, 5)
    return Ratio("mean and deviation at 10⁶ candidates / (10⁶ × 49)(49 × 49)", found, 3.0)


def five_dimensions() -> Ratio:
    """5 descriptors, 21 functions, 1,000 + 60 rows: CPU seconds."""
    rng = np.random.default_rng(0)
    basis = PolynomialBasis(5, 2)
    X = rng.random((1060, 5))
    calc = basis.design(X) @ rng.normal(size=21) + 0.05 * rng.normal(size=1060)
    Y = np.c_[calc, calc - 1.0]
    Y[:1000, 1], Y[1000:, 0] = np.nan, np.nan
    model = DataAssimilation(basis, Structure(("c", "e"), parents={"e": ("c",)}, active={"e": ("1",)}))
    found = float(np.median([seconds(lambda: model.fit(X, Y)) for _ in range(9)]))
    return Ratio("CPU seconds of a fit, 5 descriptors, 21 functions, 1,000 + 60 rows", found, 0.1)


def ratios() -> list[Ratio]:
    """Measure everything."""
    return [full_fit(), fit_from_statistics(), long_table(), many_candidates(), five_dimensions()]


def main() -> int:
    """Print the table; fail when a limit is passed."""
    found = ratios()
    for item in found:
        sys.stdout.write(f"{item.measured:10.3g}  ≤ {item.limit:<8g} {item.what}\n")
    return int(any(item.measured > item.limit for item in found))


if __name__ == "__main__":
    raise SystemExit(main())
