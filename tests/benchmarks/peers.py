"""Side by side with other packages: accuracy and CPU time on the same draws (issue 4). Optional, not part of any test.

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/peers.py --draws 20`` where the dependency group ``peers`` (smt, emukit,
GPy) is installed; peers that are missing are named and left out. RMSE and coverage are of the noise-free experiment: on
D1 beyond its data (method.md 6), on a smooth pair of functions anywhere in the box. The cubic with a constant
discrepancy is what D1 is made of, which no peer is told; douka without that knowledge stands beside it. Coverage of the
peers is that of mean ± 1.96 deviations, which is all they give.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation, HilbertSpaceBasis, PolynomialBasis, Structure
from loop.problems import Demonstration
from loop.problems.least_squares import LeastSquares

Answer = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Mean, lower and upper end of the 95 % band, (n,) each."""
Method = Callable[[np.ndarray, np.ndarray, np.ndarray], Answer]
STRUCTURE = Structure(("calc", "expt"), parents={"expt": ("calc",)})


@dataclass(frozen=True)
class Draw:
    """Rows, points to predict at, and the truth there."""

    X: np.ndarray
    Y: np.ndarray
    at: np.ndarray
    truth: np.ndarray


def d1(seed: int) -> Draw:
    """D1 beyond the experiments."""
    drawn, at = Demonstration.draw(np.random.default_rng(seed)), np.linspace(0.505, 1.0, 100)
    return Draw(drawn.X, drawn.Y, at[:, None], Demonstration.experiment(at))


def smooth(seed: int, dim: int) -> Draw:
    """Sums of sines of random waves; the experiment is 1.2 times the calculation and a smoother sum."""
    rng = np.random.default_rng(seed)
    waves, phases, sizes = 4.0 * rng.normal(size=(6, dim)), 6.0 * rng.random(6), 0.5 * rng.normal(size=6)
    others = 2.0 * rng.normal(size=(3, dim)), 6.0 * rng.random(3), 0.2 * rng.normal(size=3)

    def calculation(x: np.ndarray) -> np.ndarray:
        return np.sin(x @ waves.T + phases) @ sizes

    def experiment(x: np.ndarray) -> np.ndarray:
        return 1.2 * calculation(x) + np.sin(x @ others[0].T + others[1]) @ others[2] + 1.0

    low, high = (25, 8) if dim == 1 else (60, 20)
    X, at = rng.random((low + high, dim)), rng.random((200, dim))
    Y = np.full((low + high, 2), np.nan)
    Y[:low, 0] = calculation(X[:low]) + 0.02 * rng.normal(size=low)
    Y[low:, 1] = experiment(X[low:]) + 0.05 * rng.normal(size=high)
    return Draw(X, Y, at, experiment(at))


PROBLEMS: dict[str, Callable[[int], Draw]] = {
    "D1, x > 0.5 (10 + 5 rows)": d1,
    "smooth pair, 1 dimension (25 + 8)": lambda seed: smooth(seed, 1),
    "smooth pair, 2 dimensions (60 + 20)": lambda seed: smooth(seed, 2),
}


def douka(X: np.ndarray, Y: np.ndarray, at: np.ndarray) -> Answer:
    """Our nonparametric basis, one discrepancy of its own."""
    basis = HilbertSpaceBasis(X.shape[1], 20 if X.shape[1] == 1 else 12, [(0.0, 1.0)] * X.shape[1])
    return _answer(DataAssimilation(basis, STRUCTURE).fit(X, Y), at)


def douka_cubic(X: np.ndarray, Y: np.ndarray, at: np.ndarray) -> Answer:
    """Our model of D1: a cubic and a constant discrepancy; a cubic of several variables elsewhere."""
    structure = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("1",)})
    return _answer(DataAssimilation(PolynomialBasis(X.shape[1], 3), structure).fit(X, Y), at)


def least_squares(X: np.ndarray, Y: np.ndarray, at: np.ndarray) -> Answer:
    """A cubic of the experiments alone."""
    own, basis = ~np.isnan(Y[:, 1]), PolynomialBasis(X.shape[1], 3)
    fit, design = LeastSquares.fit(basis.design(X[own]), Y[own, 1]), basis.design(at)
    mean, half = fit.mean(design), fit.half_width(design)
    return mean, mean - half, mean + half


def smt_mfk(X: np.ndarray, Y: np.ndarray, at: np.ndarray) -> Answer:
    """Co-kriging of smt; its noise is estimated."""
    from smt.applications import MFK

    own = ~np.isnan(Y)
    model = MFK(corr="matern52", theta0=[1.0] * X.shape[1], eval_noise=True, print_global=False)
    model.set_training_values(X[own[:, 0]], Y[own[:, 0], :1], name=0)
    model.set_training_values(X[own[:, 1]], Y[own[:, 1], 1:])
    model.train()
    return _normal(model.predict_values(at)[:, 0], model.predict_variances(at)[:, 0])


def emukit_linear(X: np.ndarray, Y: np.ndarray, at: np.ndarray) -> Answer:
    """Linear multi-fidelity model of emukit, five restarts as in its tutorial."""
    import GPy
    from emukit.model_wrappers.gpy_model_wrappers import GPyMultiOutputWrapper
    from emukit.multi_fidelity.kernels import LinearMultiFidelityKernel
    from emukit.multi_fidelity.models import GPyLinearMultiFidelityModel

    own, centre, unit = ~np.isnan(Y), np.nanmean(Y, axis=0), float(np.nanstd(Y[:, 0]))
    rows = np.concatenate([np.c_[X[own[:, k]], np.full(own[:, k].sum(), float(k))] for k in range(2)])
    values = np.concatenate([Y[own[:, k], k] - centre[k] for k in range(2)])[:, None] / unit
    np.random.seed(0)  # noqa: NPY002  (GPy's restarts draw from the global generator)
    kernel = LinearMultiFidelityKernel([GPy.kern.Matern52(X.shape[1], ARD=True) for _ in range(2)])
    model = GPyLinearMultiFidelityModel(rows, values, kernel, n_fidelities=2)
    GPyMultiOutputWrapper(model, 2, n_optimization_restarts=5, verbose_optimization=False).optimize()
    mean, variance = model.predict_noiseless(np.c_[at, np.ones(len(at))])
    return _normal(centre[1] + unit * mean[:, 0], unit**2 * variance[:, 0])


METHODS: dict[str, tuple[Method, tuple[str, ...]]] = {
    "douka, Hilbert space": (douka, ()),
    "douka, cubic": (douka_cubic, ()),
    "least squares, cubic": (least_squares, ()),
    "smt MFK": (smt_mfk, ("smt",)),
    "emukit linear multi-fidelity": (emukit_linear, ("emukit", "GPy")),
}


def missing(modules: tuple[str, ...]) -> dict[str, str]:
    """Which of the modules cannot be imported, and why."""
    found = {}
    for name in modules:
        try:
            __import__(name)
        except Exception as error:
            found[name] = str(error) or repr(error)
    return found


def line(method: Method, draws: list[Draw]) -> str:
    """Median RMSE with quartiles, mean coverage, CPU seconds of one draw."""
    errors, held, seconds, failed = [], [], [], 0
    for draw in draws:
        start = time.process_time()
        try:
            mean, low, high = method(draw.X, draw.Y, draw.at)
        except Exception:
            failed += 1
            continue
        seconds.append(time.process_time() - start)
        errors.append(np.sqrt(np.mean((mean - draw.truth) ** 2)))
        held.append(np.mean((low <= draw.truth) & (draw.truth <= high)) if np.isfinite(low).any() else np.nan)
    if not errors:
        return f"failed on all {failed} draws"
    low, median, high = np.percentile(errors, [25, 50, 75])
    words = f"{median:9.3g} [{low:.3g}, {high:.3g}]".ljust(30) + f"{np.mean(held):8.3f}{np.median(seconds):10.3f} s"
    return words + (f"   failed on {failed}" if failed else "")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the first draw")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    lacking = {name: missing(modules) for name, (_, modules) in METHODS.items()}
    for name, why in lacking.items():
        for module, error in why.items():
            sys.stdout.write(f"left out: {name}: {module} is missing ({error}); install the group `peers`\n")
    for problem, draw in PROBLEMS.items():
        draws = [draw(seed) for seed in range(options.seed, options.seed + options.draws)]
        sys.stdout.write(f"\n{problem}, {options.draws} draws\n{'':32s}RMSE, median [quartiles]    coverage   CPU\n")
        for name, (method, _) in METHODS.items():
            if not lacking[name]:
                sys.stdout.write(f"{name:30s}{line(method, draws)}\n")
                sys.stdout.flush()


def _answer(model: DataAssimilation, at: np.ndarray) -> Answer:
    mean, band = model.predict(at, "expt", quantiles=(0.025, 0.975))
    return mean, band[:, 0], band[:, 1]


def _normal(mean: np.ndarray, variance: np.ndarray) -> Answer:
    half = 1.96 * np.sqrt(np.maximum(variance, 0.0))
    return mean, mean - half, mean + half


if __name__ == "__main__":
    main()
