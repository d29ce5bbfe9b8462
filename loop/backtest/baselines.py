"""The campaign of a setting, and the settings that others are measured against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loop.backtest.setting import Setting
from loop.campaign import Campaign, PolicyTable, TargetTable
from loop.records import Source
from loop.stop_table import StopTable


def baselines(campaign: Campaign, settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """What settings are measured against.

    Experiments at random; experiments only, with the rule of the first setting; and calculations only: measured is what
    the calculation says is best, whatever was measured before, and calculated where the calculation is most uncertain.

    Parameters
    ----------
    campaign
        Where nothing is calculated, or the objective leans on no calculation, there is no baseline for it.
    settings
        What is compared; a baseline among them is not repeated.
    """
    found = [Setting("at random", "random", None)]
    if any(slot.asks for slot in campaign.table.simulators):
        rule = settings[0].experiment
        found.append(Setting("experiments only", rule, None))
    if _calculated_ancestors(campaign.table.targets, campaign.table.objective.target):
        found.append(Setting("calculations only", "uncorrected", "max_uncertainty", corrected=False))
    known = {each.choice for each in settings}
    distinct = {each.choice: each for each in found if each.choice not in known}
    return tuple(distinct.values())


def campaign_of(campaign: Campaign, setting: Setting, measurements: int) -> Campaign:
    """The campaign that chooses as a setting says, and ends after so many measurements.

    Parameters
    ----------
    campaign
        As in its file; its own stopping rules are left aside, so that all settings are given the same.
    setting
        Its rules. Without calculations the model is one of the experiments alone, with every basis function.
    measurements
        Of any kind, the start included.
    """
    table = campaign.table
    changes: dict[str, object] = {
        "policy": PolicyTable(experiment=setting.experiment, calculation=setting.calculation),
        "stop": StopTable(experiments=measurements),
    }
    if setting.calculation is None or not setting.corrected:
        kept = set() if setting.calculation is None else _calculated_ancestors(table.targets, table.objective.target)
        changes |= {
            "targets": _apart(table.targets, kept),
            "simulators": tuple(slot for slot in table.simulators if slot.target in kept),
        }
    if not setting.is_modelled:
        # No model chooses the experiments, so none is to judge them either.
        changes["admit"] = table.admit.model_copy(update={"z_limit": math.inf})
    if not setting.is_modelled and setting.calculation is None:
        changes["model"] = table.model.model_copy(
            update={"degree": 1, "estimator": "map"}
        )  # never asked: make it quick
    text = f"{campaign.text}\n# backtest: {setting.name}, {measurements} measurements"
    return Campaign(campaign.name, table.model_copy(update=changes), text, campaign.folder)


def _apart(targets: Mapping[str, TargetTable], kept: set[str]) -> dict[str, TargetTable]:
    """The experiments, leaning on no calculation, with every basis function; and the calculations that are kept."""
    experiments = {name for name, target in targets.items() if target.source is Source.EXPERIMENT}
    return {
        name: target
        if name in kept
        else target.model_copy(
            update={"parents": tuple(parent for parent in target.parents if parent in experiments), "active": None}
        )
        for name, target in targets.items()
        if name in experiments | kept
    }


def _calculated_ancestors(targets: Mapping[str, TargetTable], name: str) -> set[str]:
    parents = targets[name].parents
    found = {parent for parent in parents if targets[parent].source is Source.CALCULATION}
    return found.union(*(_calculated_ancestors(targets, parent) for parent in parents))
