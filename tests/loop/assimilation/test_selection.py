import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure, select
from loop.errors import CampaignError


def structure(active):
    return Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": active})


def test_evidence_finds_the_degree_and_the_active_set(d1):
    X, Y, _ = d1(0)
    degrees = {f"degree {k}": (PolynomialBasis(1, k), structure(("1",))) for k in (1, 2, 3, 6)}
    ranked = select(degrees, X, Y)
    assert ranked[0].name in ("degree 2", "degree 3")
    assert ranked[-1].name == "degree 1"
    assert sum(item.probability for item in ranked) == pytest.approx(1.0)
    assert "pays" in ranked[0].reason

    rng = np.random.default_rng(0)
    X = rng.random((60, 1))
    calc = np.sin(3.0 * X[:, 0]) + 0.02 * rng.normal(size=60)
    Y = np.c_[calc, calc - 1.0 + 0.8 * X[:, 0] + 0.05 * rng.normal(size=60)]
    Y[:40, 1], Y[40:, 0] = np.nan, np.nan
    basis = PolynomialBasis(1, 3)
    sets = [(basis, structure(("1",))), (basis, structure("order<=1")), (basis, structure("order<=3"))]
    assert select(sets, X, Y)[0].name == "1"


def test_evidence_shifts_by_the_unit_only(d1, cubic):
    X, Y, _ = d1(0)
    one = DataAssimilation(cubic, structure(("1",))).fit(X, Y).log_evidence_
    two = DataAssimilation(cubic, structure(("1",))).fit(X, 1000.0 * Y).log_evidence_
    assert two + 15 * np.log(1000.0) == pytest.approx(one, abs=1e-4)


def test_candidates_must_be_comparable(cubic):
    with pytest.raises(CampaignError, match="same targets"):
        select([(cubic, structure("1")), (cubic, Structure(("y",)))], np.zeros((1, 1)), np.zeros((1, 2)))
    with pytest.raises(CampaignError, match="at least one"):
        select([], np.zeros((1, 1)), np.zeros((1, 2)))
