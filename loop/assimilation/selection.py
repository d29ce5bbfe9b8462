"""The evidence chooses among bases and structures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from loop.assimilation.assimilation import DataAssimilation
from loop.assimilation.basis import Basis
from loop.assimilation.statistics import Statistics
from loop.assimilation.structure import Structure
from loop.errors import CampaignError, EstimationError


@dataclass(frozen=True)
class Ranked:
    """One candidate and what the data say about it.

    Parameters
    ----------
    name
        The candidate's name.
    model
        Fitted, or None when it could not be.
    log_evidence
        Log p(data | candidate), in the same units for all; −inf when it could not be fitted.
    probability
        Posterior probability with equal prior ones.
    log_likelihood
        Fit at the point estimate: evidence − likelihood is the price of flexibility.
    coefficients
        Number of coefficients.
    reason
        Why this rank, in words.
    """

    name: str
    model: DataAssimilation | None
    log_evidence: float
    probability: float
    log_likelihood: float
    coefficients: int
    reason: str


def select(
    candidates: Mapping[str, tuple[Basis, Structure]] | Iterable[tuple[Basis, Structure]],
    X: ArrayLike,
    Y: ArrayLike,
    Y_std: Any = None,
    noise_class: Any = None,
    weights: Any = None,
    random_state: int = 0,
    **options: Any,
) -> tuple[Ranked, ...]:
    """Rank bases and active sets by log evidence.

    The prior of every candidate is in units of the data, computed once, so that evidences compare.

    Parameters
    ----------
    candidates
        (basis, structure) pairs, named or not; same targets in all.
    X, Y, Y_std, noise_class, weights
        As for :meth:`DataAssimilation.fit`.
    random_state
        Seed of every fit.
    options
        Further arguments of :class:`DataAssimilation`.

    Returns
    -------
    tuple of Ranked
        Best first.

    Raises
    ------
    CampaignError
        When there is no candidate or the targets differ.
    EstimationError
        When none could be fitted.
    """
    named = _named(candidates)
    models: dict[str, DataAssimilation | str] = {}
    for name, (basis, structure) in named.items():
        model = DataAssimilation(basis, structure, "bayes", random_state, **options)
        rows = Statistics.of(basis, structure.size, X, Y, Y_std, noise_class, weights)
        try:
            models[name] = model.fit_statistics(rows)
        except EstimationError as error:
            models[name] = str(error)
    fitted = {name: m for name, m in models.items() if isinstance(m, DataAssimilation)}
    if not fitted:
        raise EstimationError(f"no candidate could be fitted: {models}")
    return _ranking(models, fitted)


def _named(candidates: Any) -> dict[str, tuple[Basis, Structure]]:
    named = dict(candidates) if isinstance(candidates, Mapping) else {str(i): c for i, c in enumerate(candidates)}
    if not named or len({structure.targets for _, structure in named.values()}) != 1:
        raise CampaignError("select needs at least one candidate, and the same targets in all")
    return named


def _ranking(models: dict[str, DataAssimilation | str], fitted: dict[str, DataAssimilation]) -> tuple[Ranked, ...]:
    total = float(logsumexp([model.log_evidence_ for model in fitted.values()]))
    best = max(model.log_evidence_ for model in fitted.values())
    ranked = [_ranked(name, model, total, best) for name, model in models.items()]
    return tuple(sorted(ranked, key=lambda item: -item.log_evidence))


def _ranked(name: str, model: DataAssimilation | str, total: float, best: float) -> Ranked:
    if isinstance(model, str):
        return Ranked(name, None, -np.inf, 0.0, np.nan, 0, f"could not be fitted: {model}")
    evidence, likelihood = model.log_evidence_, model.log_likelihood_
    size = model.posterior.coefficients.shape[1]
    reason = (
        f"log evidence {evidence:.2f} ({evidence - best:+.2f} against the best): it fits with log likelihood "
        f"{likelihood:.2f} and pays {likelihood - evidence:.2f} for {size} coefficients"
    )
    return Ranked(name, model, evidence, float(np.exp(evidence - total)), likelihood, size, reason)
