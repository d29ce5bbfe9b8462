"""Any structure, any pattern of missing values, any noise: a finite answer or a clear error, and no warning."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import CosineBasis, DataAssimilation, HilbertSpaceBasis, PolynomialBasis, SineBasis, Structure
from loop.errors import EstimationError

BASES = (
    PolynomialBasis(1, 2),
    PolynomialBasis(2, 1),
    SineBasis(1, 3),
    HilbertSpaceBasis(1, 5, None),
    CosineBasis(2, 2),
)


def model(rng, estimator):
    basis = BASES[rng.integers(len(BASES))]
    targets = tuple("abcd"[: rng.integers(1, 5)])
    parents = {t: [k for k in targets[:j] if rng.random() < 0.5] for j, t in enumerate(targets)}
    choices = (("1",), "order<=1", (basis.names[-1],), None, None)
    active = {t: choices[rng.integers(len(choices))] for t in targets}
    return DataAssimilation(basis, Structure(targets, ("calculation",) * len(targets), parents, active), estimator)


def table(rng, dim, q):
    n = int(rng.integers(0, 25))
    X = rng.random((n, dim))
    Y = rng.normal(size=(n, q)) * 10.0 ** rng.uniform(-6, 6) + rng.choice([0.0, 1e3])
    Y[rng.random((n, q)) < rng.random()] = np.nan
    largest = np.abs(Y).max(initial=0.0, where=np.isfinite(Y))
    noise = {}
    if rng.random() < 0.3:
        noise["Y_std"] = largest * rng.choice([0.1, 0.2], size=(n, q))
    if rng.random() < 0.3:
        noise["noise_class"] = rng.integers(0, 3, n)
    return X, Y, noise


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["bayes", "map", "mle"]))
def test_every_fit_is_finite_or_refused(seed, estimator):
    rng = np.random.default_rng(seed)
    fitted = model(rng, estimator)
    X, Y, noise = table(rng, fitted.basis.dim, fitted.structure.size)
    try:
        fitted.fit(X, Y, **noise)
    except EstimationError:
        assert estimator == "mle"
        return
    mean, std, band = fitted.predict(rng.random((4, fitted.basis.dim)), return_std=True, quantiles=(0.1, 0.9))
    for found in (mean, std, band, fitted.coef_, fitted.precision_, fitted.log_likelihood_):
        assert np.isfinite(found).all()
    assert (std >= 0.0).all()
