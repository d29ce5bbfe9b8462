"""``toward_optimum``: ask for what tells most about where the optimum lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief, FittedBelief
from loop.policy.gaussian import Contrast, Gaussian
from loop.policy.objective import Objective
from loop.policy.optimum import optimum
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought, sought_target

if TYPE_CHECKING:
    from loop.policy.refining import Surface

SHORTLIST = 8192
"""Beyond so many candidates the later picks of a batch come from the best for the first pick and a spread over all."""


NEGLIGIBLE = 1e-9
"""Share of the variance that is no reason to ask for anything."""


class TowardOptimum:
    """Rank by how much one value would lower the uncertainty of the sought target where its optimum may lie.

    Joint draws (θ included) weigh the places p_j by their probability w_j of being the best. What decides between
    them are the differences d_j = y(p_j) − Σ_l w_l y(p_l); the acquisition of a value at x is the share of
    Σ_j w_j var(d_j) that it removes,

        Σ_j w_j cov(d_j, y_t(x))² / (var y_t(x) + noise) / Σ_j w_j var(d_j),

    in the Gaussian with the moments of the mixture (the integrated-variance criterion of Cohn, Neural Networks 9, 1071
    (1996), on the optimum instead of the whole space; compare arXiv:2408.08539, where calculations establish the model
    everywhere). In a batch every pick counts as done for the next. Where no value tells anything of the differences,
    the most uncertain is asked for.
    """

    weighs_cost = True
    summary = "it tells most about where the best experiment lies"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        known = fitted(belief, "toward_optimum")
        name, gaussian = sought_target(known), known.gaussian()
        contrast = _contrast(known, X, name, sought(belief, name, sign), rng)
        total = gaussian.total(contrast)
        rows, price = np.arange(len(X)), known.weights(X)
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            scores = np.full(len(X), -np.inf)
            scores[rows] = _told(gaussian, X[rows], target, gaussian.explained(X[rows], target, contrast) / total)
            if price is not None:
                scores[rows] /= price[rows]
            picks.append(ranked(scores, [pick.index for pick in picks]))
            gaussian = gaussian.conditioned(X[picks[-1].index], target)
            rows = _shortlist(scores, rows, max(SHORTLIST, count))
        return picks

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        known = fitted(belief, "toward_optimum")
        name, gaussian = sought_target(known), known.gaussian()
        contrast, price = _contrast(known, X, name, sought(belief, name, sign), rng), known.price(X)
        total = gaussian.total(contrast)
        if price is None:
            return lambda P: np.asarray(gaussian.explained(P, target, contrast) / total)
        return lambda P: np.asarray(gaussian.explained(P, target, contrast) / total / price(P))


def _told(gaussian: Gaussian, X: np.ndarray, target: str, share: np.ndarray) -> np.ndarray:
    """Shares (n,) of the variance that values would remove; where that is nothing, the uncertainty orders them."""
    if float(np.max(share)) >= NEGLIGIBLE:
        return share
    variance = gaussian.variance(X, target)
    return np.asarray(NEGLIGIBLE * variance / max(float(np.max(variance)), 1e-300))


def _contrast(
    belief: FittedBelief, X: np.ndarray, target: str, objective: Objective, rng: np.random.Generator
) -> Contrast:
    """Linear functions (r, p) of the sought curves that have the weighted differences' sum of squares."""
    places = X if belief.domain is None else belief.domain
    rows, share = optimum(belief, places, target, objective, rng).share()
    designs = belief.design(places[rows], target)
    design = np.concatenate(list(designs.values()), axis=1)
    if len(rows) > 1:
        design = design - share @ design
    root = np.asarray(np.linalg.qr(np.sqrt(share)[:, None] * design, mode="r"))
    return dict(zip(designs, np.split(root, len(designs), axis=1), strict=True))


def _shortlist(scores: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    if len(rows) <= 2 * size:
        return rows
    promising = np.argpartition(-scores, size)[:size]
    return np.union1d(promising, np.linspace(0, len(scores) - 1, size).astype(np.intp))
