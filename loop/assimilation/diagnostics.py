"""What the data do not determine, in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.conditional import Conditional
from loop.assimilation.importance import Sample
from loop.assimilation.problem import Problem
from loop.assimilation.structure import Structure


def diagnose(
    problem: Problem, structure: Structure, sample: Sample, state: Conditional, weights: Array, flat: bool
) -> dict[str, Any]:
    """Collect numbers and the sentences that follow from them."""
    numbers = _numbers(problem, structure, sample, state, weights)
    messages = [
        *_integration(sample, flat),
        *_separation(problem, structure, state, weights),
        *_floors(structure, numbers),
    ]
    messages += _empty(structure, numbers)
    return {"messages": tuple(messages), **numbers}


def _numbers(
    problem: Problem, structure: Structure, sample: Sample, state: Conditional, weights: Array
) -> dict[str, Any]:
    counts = problem.counts @ problem.observed
    residual = np.sqrt(weights @ state.noise.variance)
    targets = structure.targets
    return {
        "method": sample.method,
        "effective_sample_size": sample.effective,
        "pareto_shape": sample.shape,
        "nodes": len(sample.weights),
        "condition": condition_number(state.factor[int(np.argmax(weights))]),
        "rows": {t: int(n) for t, n in zip(targets, counts, strict=True)},
        "residual": {t: float(s) for t, s in zip(targets, residual, strict=True)},
        "floor": {t: float(f) for t, f in zip(targets, problem.floor, strict=True)},
        "relation": _relations(problem, structure, state, weights),
    }


def condition_number(factor: Array) -> float:
    """Estimate the condition of H, scaled to unit diagonal, from its Cholesky factor."""
    scale = np.sqrt(np.sum(factor**2, axis=1))
    share = np.diagonal(factor) / np.where(scale > 0, scale, 1.0)
    return float(1.0 / max(float(np.min(share, initial=1.0)) ** 2, 1e-300))


def _relations(
    problem: Problem, structure: Structure, state: Conditional, weights: Array
) -> dict[str, tuple[float, float]]:
    names = [f"{structure.targets[j]}<-{structure.targets[k]}" for j, k in structure.edges]
    C = state.theta[:, problem.parameters.relation]
    mean = weights @ C
    deviation = np.sqrt(weights @ (C - mean) ** 2)
    return {name: (float(m), float(s)) for name, m, s in zip(names, mean, deviation, strict=True)}


def _integration(sample: Sample, flat: bool) -> list[str]:
    if flat:
        return ["standard deviations are conditional on the maximum and too narrow: use bayes for bands"]
    if sample.method == "mode of the posterior of θ":
        return ["standard deviations are conditional on the mode of θ and too narrow: use bayes for bands"]
    if sample.method == "MCMC":
        return ["importance sampling of θ failed, MCMC took over: the log evidence is a rough estimate"]
    return []


def _separation(problem: Problem, structure: Structure, state: Conditional, weights: Array) -> list[str]:
    """Say where the scatter of a child cannot be told from what its parents hand down."""
    messages = []
    for child in sorted({j for j, _ in structure.edges}):
        parents = [k for j, k in structure.edges if j == child]
        joint = problem.alone[:, [child, *parents]].all(axis=1)
        name = structure.targets[child]
        if not problem.counts[joint].sum():
            messages.append(
                f"no row observes {name!r} together with its parents: the scatter of experiment and "
                f"calculation cannot be separated, only τ² = C²v1 + v2 is determined, with τ² ≥ C²v1"
            )
        inherited = weights @ (state.noise.lift[:, child] ** 2 * state.noise.variance).sum(axis=1)
        own = weights @ state.noise.variance[:, child]
        if own < 1e-6 * inherited:
            messages.append(
                f"the residual of {name!r} runs to zero: its scatter is all inherited (τ² = C²v1), "
                f"scatter of experiment and calculation cannot be separated and standard errors from the "
                f"Hessian are invalid there"
            )
    return messages


def _floors(structure: Structure, numbers: dict[str, Any]) -> list[str]:
    small = [t for t in structure.targets if numbers["residual"][t] < 100.0 * numbers["floor"][t]]
    return [f"the residual of {t!r} is at the rounding floor and means nothing" for t in small]


def _empty(structure: Structure, numbers: dict[str, Any]) -> list[str]:
    empty = [t for t in structure.targets if not numbers["rows"][t]]
    return [f"{t!r} has no row: what is said about it is the prior and its relations" for t in empty]
