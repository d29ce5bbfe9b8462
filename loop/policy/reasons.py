"""Why a point was chosen, in words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from loop.policy.belief import Belief, FittedBelief, moments
from loop.policy.rule import Pick
from loop.policy.sought import sought, sought_target
from loop.records import Reason

PLACES = 16384
"""Most places among which the predicted best is looked up for an explanation."""

Label = Callable[[Sequence[float]], str]


def reasons(
    belief: Belief, X: np.ndarray, picks: Sequence[Pick], *, rule: str, summary: str, target: str, sign: float,
    label: Label,
) -> list[Reason]:  # fmt: skip
    """Explain every pick among the candidates X (n, d): prediction, rank, runner-up, what it is expected to teach.

    Predictions and lessons are those before any of the picks is done; they are of the target that is asked for, the
    worth beside them where that is something else.
    """
    rows = X[[pick.index for pick in picks]]
    plain = belief.plain() if isinstance(belief, FittedBelief) else belief
    means, deviations = moments(plain, rows, target)
    lessons = _lessons(belief, X, rows, deviations, target, sign)
    outcomes = _outcomes(belief, rows)
    found = []
    for rank, (pick, mean, deviation) in enumerate(zip(picks, means, deviations, strict=True), 1):
        runner_up = "" if pick.runner_up is None else label(X[pick.runner_up].tolist())
        text = f"{summary} (pick {rank} of {len(picks)} among {len(X)} candidates)"
        text += f"; next best was {runner_up}" if runner_up else ""
        found.append(
            Reason(
                rule=rule,
                text=text + lessons[rank - 1],
                mean=float(mean),
                deviation=float(deviation),
                acquisition=pick.acquisition,
                runner_up=runner_up,
                runner_up_acquisition=pick.runner_up_acquisition,
                **outcomes[rank - 1],
            )
        )
    return found


def _outcomes(belief: Belief, rows: np.ndarray) -> list[dict[str, float]]:
    """What each point is worth and how likely it satisfies all constraints, where the objective has such."""
    found: list[dict[str, float]] = [{} for _ in rows]
    objective = belief.objective if isinstance(belief, FittedBelief) else None
    if objective is None or not isinstance(belief, FittedBelief):
        return found
    if objective.worth is not None:
        for each, mean, deviation in zip(found, *belief.moments(rows, objective.target), strict=True):
            each |= {"worth": float(mean), "worth_deviation": float(deviation)}
    if objective.constraints:
        plain = belief.plain()
        least = np.min([each.probability(plain, rows) for each in objective.constraints], axis=0)
        for each, probability in zip(found, least, strict=True):
            each["feasible"] = float(probability)
    return found


def _lessons(
    belief: Belief, X: np.ndarray, rows: np.ndarray, deviations: np.ndarray, target: str, sign: float
) -> list[str]:
    """What each value alone is expected to teach; nothing where the belief knows no covariances."""
    if not isinstance(belief, FittedBelief):
        return [""] * len(rows)
    gaussian, wanted = belief.gaussian(), sought_target(belief)
    noise = float(gaussian.noise[gaussian.targets.index(target)])
    after = deviations * np.sqrt(noise / (deviations**2 + noise)) if noise > 0 else np.zeros(len(rows))
    words = [
        f"; expected to lower the deviation of {target} there from {a:.3g} to {b:.3g}"
        for a, b in zip(deviations, after, strict=True)
    ]
    worth = belief.worth(wanted)
    if target == wanted and worth is None:
        return words
    places = X if belief.domain is None else belief.domain
    places = places[:: len(places) // PLACES + 1]
    best = places[[int(np.argmax(sought(belief, wanted, sign).utility(belief.mean(places, wanted))))]]
    contrast = belief.design(best, wanted)
    before = gaussian.total(contrast)
    left = np.sqrt(np.maximum(before - gaussian.explained(rows, target, contrast), 0.0))
    name = wanted if worth is None else "the worth"
    return [
        f"{word}, and that of {name} at its predicted best from {np.sqrt(before):.3g} to {b:.3g}"
        for word, b in zip(words, left, strict=True)
    ]
