"""What to do next: rules for the next experiment and the next calculations."""

from loop.policy.allocation import Allocation, allocate, owed_by
from loop.policy.belief import Belief, FittedBelief
from loop.policy.choice import choose
from loop.policy.constraint import Constraint, feasible
from loop.policy.found import expected_gain, probability_found
from loop.policy.objective import Objective
from loop.policy.proposal import Proposal
from loop.policy.proposing import propose
from loop.policy.purchase import purchase
from loop.policy.refining import Smooth, apart, refined
from loop.policy.rule import DEFAULT_PAIR, Pick, Rule, rule_named, rule_pair
from loop.policy.worth import Worth

__all__ = [
    "DEFAULT_PAIR",
    "Allocation",
    "Belief",
    "Constraint",
    "FittedBelief",
    "Objective",
    "Pick",
    "Proposal",
    "Rule",
    "Smooth",
    "Worth",
    "allocate",
    "apart",
    "choose",
    "expected_gain",
    "feasible",
    "owed_by",
    "probability_found",
    "propose",
    "purchase",
    "refined",
    "rule_named",
    "rule_pair",
]
