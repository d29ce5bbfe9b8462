"""``expected_improvement`` against quadrature and exhaustion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from loop.assimilation import DataAssimilation
from loop.policy import FittedBelief, Objective
from loop.policy.expected_improvement import ExpectedImprovement
from loop.policy.improvement import bound, log_closeness, log_h, log_improvement


def _log_h(z: float) -> float:
    """By the continued fraction of Mills' ratio in the tail: h(z) = φ(z) − |z| Q(|z|)."""
    if z > -3:
        return math.log(quad(lambda y: (z + y) * norm.pdf(y), -z, 40, epsabs=0, epsrel=1e-12)[0])
    value = quad(lambda y: y * math.exp(z * y - y * y / 2), 0, 60 / abs(z), epsabs=0, epsrel=1e-12)[0]
    return math.log(value) - z * z / 2 - 0.5 * math.log(2 * math.pi)


@pytest.mark.parametrize("z", [-1e4, -500.0, -201.0, -199.0, -50.0, -8.0, -1.1, -0.9, 0.0, 2.0, 20.0])
def test_the_logarithm_is_exact_everywhere(z: float) -> None:
    assert log_h(np.array([z]))[0] == pytest.approx(_log_h(z), rel=1e-8, abs=1e-8)


def test_the_logarithm_never_breaks() -> None:
    z = np.array([-1e300, -1e160, -1e100, 0.0, 1e100, np.inf, -np.inf])
    found = log_h(z)
    assert not np.isnan(found).any()
    assert (np.diff(log_h(np.linspace(-300, 30, 20001))) > 0).all()


def test_a_mixture_improves_by_the_mean_of_its_components() -> None:
    rng = np.random.default_rng(0)
    weights, mean, deviation = rng.dirichlet(np.ones(3)), rng.normal(size=(3, 5)), rng.uniform(0.1, 1, (3, 5))
    found = log_improvement(weights, mean, deviation, 0.3)
    for i in range(5):
        density = [norm(mean[k, i], deviation[k, i]).pdf for k in range(3)]
        value = quad(
            lambda y, d=density: (y - 0.3) * sum(w * f(y) for w, f in zip(weights, d, strict=True)), 0.3, 12, limit=200
        )[0]
        assert math.exp(found[i]) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("incumbent", [1e-7, 1e-4, 0.01, 0.5, 3.0])
@pytest.mark.parametrize("distance", [0.0, 0.02, -0.7, 4.0])
def test_closeness_is_the_expected_gain_on_a_distance(distance: float, incumbent: float) -> None:
    found = log_closeness(np.ones(1), np.array([[distance]]), np.array([[0.4]]), incumbent)[0]
    density = norm(distance, 0.4).pdf
    value = quad(
        lambda y: (incumbent - abs(y)) * density(y), -incumbent, incumbent, points=[0.0], epsabs=0, epsrel=1e-10
    )[0]
    assert found == pytest.approx(math.log(value), abs=1e-5)


def test_no_distribution_exceeds_the_bound() -> None:
    rng = np.random.default_rng(1)
    weights, mean, deviation = rng.dirichlet(np.ones(4)), rng.normal(size=(4, 50)), rng.uniform(0.01, 2, (4, 50))
    centre = weights @ mean
    spread = np.sqrt(weights @ (deviation**2 + (mean - centre) ** 2))
    assert (np.exp(log_improvement(weights, mean, deviation, 0.5)) <= bound(centre - 0.5, spread) + 1e-12).all()


@pytest.mark.parametrize("kind", ["model", "mixture"])
@pytest.mark.parametrize("goal", ["maximize", "minimize", "hit"])
def test_a_batch_is_one_exhaustive_choice_after_the_other(
    kind: str, goal: str, points: np.ndarray, request: pytest.FixtureRequest
) -> None:
    model: DataAssimilation = request.getfixturevalue(kind)
    objective = Objective("e", goal, 0.2 if goal == "hit" else None)  # type: ignore[arg-type]
    best, posterior, taken = objective.utility(model.predict(points, "e")).max(), model.posterior, []
    nodes = np.linspace(-9, 9, 3001)
    weights = norm.pdf(nodes)
    for _ in range(3):
        mean, deviation = posterior.mean(points, "e"), np.sqrt(posterior.variance(points, "e"))
        values = objective.utility(mean[..., None] + deviation[..., None] * nodes)
        gain = np.maximum(values - best, 0) @ (weights / weights.sum())
        score = posterior.weights @ gain
        score[taken] = -np.inf
        if score.max() < 1e-14:  # the rule goes on by logarithms, quadrature does not
            break
        taken.append(int(np.argmax(score)))
        posterior = posterior.conditioned(points[[taken[-1]]], "e")
    rule = ExpectedImprovement()
    picks = rule(FittedBelief(model, objective), points, 3, target="e", sign=objective.sign, rng=_rng())
    assert taken == [pick.index for pick in picks][: len(taken)]
    assert taken


def test_any_belief_will_do(belief: object, points: np.ndarray) -> None:
    picks = ExpectedImprovement()(belief, points, 2, target="f", sign=1.0, rng=_rng())  # type: ignore[arg-type]
    mean, deviation = belief.mean(points, "f"), belief.deviation(points, "f")  # type: ignore[attr-defined]
    z = (mean - mean.max()) / deviation
    assert picks[0].index == int(np.argmax(deviation * (norm.pdf(z) + z * norm.cdf(z))))


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)
