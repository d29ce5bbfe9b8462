"""What may be changed in a counterfactual, and the campaign that comes of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from loop.campaign import Campaign, CampaignTable
from loop.errors import CampaignError, DoukaError
from loop.policy.rule import GROUP, PAIRS
from loop.records import Source
from loop.runnable import require_runnable
from loop.turn import rule_of

KEYS = {
    "rule": "a pair of rules, or the rule of experiments",
    "experiment": "rule of experiments",
    "calculation": "rule of calculations",
    "basis": "basis functions of the model",
    "degree": "degree of the basis",
    "estimator": "how the model is fitted",
    "m": "calculations at the same time: slots of every simulator",
    "allocation": "how many calculations: slots or cost",
    "share": "of the cost that goes to calculations, where allocated by cost",
    "per_cost": "rank by what a request brings per unit of its cost: true or false",
    "polish": "move the best candidates to the nearest optimum of the rule: true or false",
    "attempts": "times a point is asked for, where requests for it fail",
    "seed": "seed of all randomness",
    "z_limit": "|z| beyond which a value is put aside",
}
"""What may be changed, and what it means."""

_MODEL = ("basis", "degree", "estimator")
_POLICY = ("allocation", "share", "per_cost", "polish", "attempts")
_RULES = ("rule", "experiment", "calculation")


def parse_changes(texts: Iterable[str]) -> dict[str, str]:
    """Read ``key=value,key=value``.

    Parameters
    ----------
    texts
        One or several of them.

    Returns
    -------
    dict
        Value by key.

    Raises
    ------
    CampaignError
        Where a key is unknown, stands twice, or has no value.
    """
    changes: dict[str, str] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key not in KEYS:
            raise CampaignError(f"{part!r}: unknown key {key!r}; what can be changed is {', '.join(KEYS)}")
        if not value:
            raise CampaignError(f"{part!r}: expected {key}=VALUE ({KEYS[key]})")
        if key in changes:
            raise CampaignError(f"{part!r}: {key!r} is given twice")
        changes[key] = value
    return changes


def changed(campaign: Campaign, changes: Mapping[str, str]) -> Campaign:
    """Give the campaign with other values, checked as if they stood in its file.

    Parameters
    ----------
    campaign
        As recorded.
    changes
        Value by key; see :data:`KEYS`.

    Raises
    ------
    CampaignError
        Naming the key, what was found and what is known.
    """
    content = tomllib.loads(campaign.text)
    kept = {key: value for key, value in content.get("policy", {}).items() if key != "rule"}
    content["policy"] = kept | _policy(campaign, changes)
    for key, value in changes.items():
        if key in _MODEL:
            content.setdefault("model", {})[key] = value
        elif key in _POLICY:
            content["policy"][key] = value
        elif key == "seed":
            content["seed"] = value
        elif key == "z_limit":
            content.setdefault("admit", {})["z_limit"] = value
        elif key == "m":
            for simulator in content.get("simulators", []):
                simulator["slots"] = value
        elif key not in _RULES:
            raise CampaignError(f"unknown key {key!r}; what can be changed is {', '.join(KEYS)}")
    return _validated(campaign, content, changes)


def _policy(campaign: Campaign, changes: Mapping[str, str]) -> dict[str, Any]:
    """Both rules by name, so that one of them can be changed alone."""
    policy = {
        "experiment": rule_of(campaign, Source.EXPERIMENT),
        "calculation": rule_of(campaign, Source.CALCULATION),
    }
    rules = sorted(point.name for point in entry_points(group=GROUP))
    if "rule" in changes:
        name = changes["rule"]
        if name not in PAIRS and name not in rules:
            raise CampaignError(
                f"rule={name}: unknown; pairs of rules are {', '.join(sorted(PAIRS))}, rules are {', '.join(rules)}"
            )
        pair = PAIRS.get(name, (name, policy["calculation"]))
        policy = dict(zip(("experiment", "calculation"), pair, strict=True))
    for key in ("experiment", "calculation"):
        if changes.get(key, rules[0]) not in rules:
            raise CampaignError(f"{key}={changes[key]}: unknown; rules are {', '.join(rules)}")
    return policy | {key: changes[key] for key in ("experiment", "calculation") if key in changes}


def _validated(campaign: Campaign, content: dict[str, Any], changes: Mapping[str, str]) -> Campaign:
    words = ", ".join(f"{key}={value}" for key, value in changes.items())
    try:
        table = CampaignTable.model_validate(content)
    except ValidationError as error:
        raise CampaignError("; ".join(_explain(one) for one in error.errors())) from error
    other = Campaign(campaign.name, table, f"{campaign.text}\n# with {words}", campaign.folder)
    try:
        require_runnable(other)
    except DoukaError as error:
        raise CampaignError(f"with {words}: {error}") from error
    return other


def _explain(error: Any) -> str:
    key = str(error["loc"][-1]) if error["loc"] else "the campaign"
    key = {"slots": "m"}.get(key, key)
    return f"{key}={error['input']}: {error['msg'][:1].lower()}{error['msg'][1:]}"
