"""What to do next: rules for the next experiment and the next calculations."""

from loop.policy.belief import Belief, FittedBelief
from loop.policy.choice import choose, propose
from loop.policy.objective import Objective
from loop.policy.proposal import Proposal
from loop.policy.rule import Pick, Rule, rule_named, rule_pair

__all__ = [
    "Belief",
    "FittedBelief",
    "Objective",
    "Pick",
    "Proposal",
    "Rule",
    "choose",
    "propose",
    "rule_named",
    "rule_pair",
]
