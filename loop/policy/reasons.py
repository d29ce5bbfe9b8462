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

    Predictions and lessons are those before any of the picks is done.
    """
    rows = X[[pick.index for pick in picks]]
    plain = (
        belief.unscaled() if isinstance(belief, FittedBelief) and belief.factors(rows, target) is not None else belief
    )
    means, deviations = moments(plain, rows, target)
    lessons = _lessons(belief, X, rows, deviations, target, sign)
    found = []
    for rank, (pick, mean, deviation, lesson) in enumerate(zip(picks, means, deviations, lessons, strict=True), 1):
        runner_up = "" if pick.runner_up is None else label(X[pick.runner_up].tolist())
        text = f"{summary} (pick {rank} of {len(picks)} among {len(X)} candidates)"
        text += f"; next best was {runner_up}" if runner_up else ""
        found.append(
            Reason(
                rule=rule,
                text=text + lesson,
                mean=float(mean),
                deviation=float(deviation),
                acquisition=pick.acquisition,
                runner_up=runner_up,
                runner_up_acquisition=pick.runner_up_acquisition,
            )
        )
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
    if target == wanted:
        return words
    places = X if belief.domain is None else belief.domain
    places = places[:: len(places) // PLACES + 1]
    best = places[[int(np.argmax(sought(belief, wanted, sign).utility(belief.mean(places, wanted))))]]
    before = float(gaussian.variance(best, wanted)[0])
    explained = gaussian.explained(rows, target, belief.posterior.basis.design(best), wanted)
    left = np.sqrt(np.maximum(before - explained, 0.0))
    return [
        f"{word}, and that of {wanted} at its predicted best from {np.sqrt(before):.3g} to {b:.3g}"
        for word, b in zip(words, left, strict=True)
    ]
