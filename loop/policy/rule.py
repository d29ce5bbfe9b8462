"""What a rule is, and where rules are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

import numpy as np

from loop.errors import CampaignError, PluginError
from loop.policy.belief import Belief

GROUP = "douka.rules"
"""Entry-point group of rules."""

PAIRS = {"source_rule": ("greedy", "max_uncertainty")}
"""Named pairs (rule of experiments, rule of calculations)."""

DEFAULT_PAIR = ("probable_optimum", "toward_optimum")
"""The pair where a campaign names none.

Median iterations on the search D3 (method.md 6) with 1, 5 and 10 calculations an iteration, 100 problems: 10, 5 and 4;
``source_rule`` 17, 7 and 5. In pairs with others, with errors and the command: decision 4 in ``loop/decisions``.
"""


@dataclass(frozen=True)
class Pick:
    """One chosen candidate.

    Parameters
    ----------
    index
        Row of the candidates.
    acquisition
        What the rule ranked by, in the rule's own scale.
    runner_up
        Row of the next best candidate, or None where there was none.
    runner_up_acquisition
        Its acquisition; NaN where there was none.
    """

    index: int
    acquisition: float
    runner_up: int | None
    runner_up_acquisition: float


class Rule(Protocol):
    """Chooses candidates one after the other."""

    summary: str
    """One sentence for a person: what is ranked, and why that is sensible.

    A rule whose acquisition is a gain may set ``weighs_cost`` and divide it by :meth:`FittedBelief.weights`.
    """

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """Choose at most ``count`` different rows of the candidates X (n, d).

        Parameters
        ----------
        belief
            What is believed, running requests counted as done.
        X
            Candidates, shape (n, d).
        count
            How many are wanted.
        target
            The target a value would be measured or calculated of.
        sign
            +1 where large values are sought, −1 where small ones are.
        rng
            Source of all randomness.
        """


def rule_pair(name: str) -> tuple[str, str]:
    """Names of the two rules of a pair.

    Raises
    ------
    PluginError
        Where there is no such pair.
    """
    if name not in PAIRS:
        raise PluginError(f"there is no pair of rules {name!r}; there are {', '.join(sorted(PAIRS))}")
    return PAIRS[name]


def rule_named(name: str) -> Rule:
    """Find a rule by its entry point.

    Raises
    ------
    PluginError
        Where no installed distribution registers the name, or its module fails to import.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    found = {point.name: point for point in points}
    if sum(point.name == name for point in points) > 1:
        raise PluginError(f"two distributions register the rule {name!r}; remove one")
    if name not in found:
        raise PluginError(f"there is no rule {name!r}; installed are {', '.join(sorted(found)) or 'none'}")
    try:
        load: Callable[[], Rule] = found[name].load()
        return load()
    except Exception as error:
        raise PluginError(f"the rule {name!r} ({found[name].value}) cannot be loaded: {error!r}") from error


def require_weighing(rule: Rule, name: str) -> None:
    """Refuse a rule that cannot rank per cost: its acquisition is no gain, so that dividing it means nothing.

    Raises
    ------
    CampaignError
        Naming the rule and those that can.
    """
    if not getattr(rule, "weighs_cost", False):
        raise CampaignError(
            f"the rule {name!r} cannot rank per unit of cost; probable_optimum, expected_improvement and "
            "toward_optimum can"
        )


def ranked(acquisition: np.ndarray, taken: list[int]) -> Pick:
    """Pick the largest acquisition among the rows not taken; ties go to the first row.

    Parameters
    ----------
    acquisition
        One value a candidate, shape (n,).
    taken
        Rows that may not be picked; there must be others.
    """
    free = acquisition.astype(float)
    free[taken] = -np.inf
    best = int(np.argmax(free))
    value = float(free[best])
    free[best] = -np.inf
    second = int(np.argmax(free))
    if not np.isfinite(free[second]):
        return Pick(best, value, None, float("nan"))
    return Pick(best, value, second, float(free[second]))
