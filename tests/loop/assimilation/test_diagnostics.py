import numpy as np

from loop.assimilation import DataAssimilation


def test_disjoint_rows_are_said_not_to_separate_the_scatter(d1, cubic, two_targets):
    X, Y, _ = d1(0)
    diagnostics = DataAssimilation(cubic, two_targets).fit(X, Y).diagnostics_
    assert any("cannot be separated" in message for message in diagnostics["messages"])
    assert diagnostics["rows"] == {"calc": 10, "expt": 5}
    assert diagnostics["condition"] >= 1.0
    assert diagnostics["effective_sample_size"] > 60


def test_point_estimates_say_that_they_are_too_narrow(d1, cubic, two_targets):
    X, Y, _ = d1(0)
    for estimator in ("map", "mle"):
        messages = DataAssimilation(cubic, two_targets, estimator).fit(X, Y).diagnostics_["messages"]
        assert any("too narrow" in message for message in messages)


def test_a_target_without_rows_is_named(d1, cubic, two_targets):
    X, Y, _ = d1(0)
    model = DataAssimilation(cubic, two_targets).fit(X[:10], Y[:10])
    assert any("'expt' has no row" in message for message in model.diagnostics_["messages"])
    assert model.predict([[0.5]], "expt", return_std=True)[1] > model.predict([[0.5]], "calc", return_std=True)[1]


def test_a_residual_at_the_rounding_floor_means_nothing(cubic, two_targets):
    X = np.linspace(0, 1, 20)[:, None]
    exact = cubic.design(X) @ np.array([1.0, 2.0, 0.5, -0.3])
    Y = np.c_[exact, exact - 1.0 + 0.1 * np.random.default_rng(0).normal(size=20)]
    model = DataAssimilation(cubic, two_targets, "map").fit(X, Y)
    assert any("'calc' is at the rounding floor" in message for message in model.diagnostics_["messages"])
    assert model.diagnostics_["residual"]["calc"] < 1e-12
