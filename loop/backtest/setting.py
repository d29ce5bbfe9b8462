"""Ways of choosing that are compared: pairs of rules, and what they are measured against."""

from __future__ import annotations

from dataclasses import dataclass

from loop.errors import CampaignError, PluginError
from loop.policy.rule import DEFAULT_PAIR, PAIRS, rule_named

NONE, DEFAULT = "none", "default"


@dataclass(frozen=True)
class Setting:
    """One way of choosing.

    Parameters
    ----------
    name
        As shown.
    experiment
        Rule of the experiments.
    calculation
        Rule of the calculations; None does without any.
    corrected
        Whether experiments teach the model what the calculation lacks. If not, they teach it nothing about it.
    """

    name: str
    experiment: str
    calculation: str | None
    corrected: bool = True

    @property
    def choice(self) -> tuple[str, str | None, bool]:
        """What it is, whatever it is called."""
        return self.experiment, self.calculation, self.corrected

    @property
    def is_modelled(self) -> bool:
        """Whether a model of the experiment chooses the experiments."""
        return self.corrected and self.experiment != "random"


def parse_settings(text: str) -> tuple[Setting, ...]:
    """Read ``source_rule,default,ucb+max_uncertainty,greedy+none``.

    Parameters
    ----------
    text
        Names between commas: a pair, ``default``, a rule of experiments (calculations by the default one), or
        experiment+calculation, where ``none`` does without calculations.

    Raises
    ------
    CampaignError
        Where a name is unknown or stands twice.
    """
    found: list[Setting] = []
    for name in (part.strip() for part in text.split(",")):
        setting = _setting(name)
        same = [each.name for each in found if each.choice == setting.choice]
        if same:
            raise CampaignError(f"--rules: {name!r} is the same as {same[0]!r}; leave one of them out")
        found.append(setting)
    return tuple(found)


def _setting(name: str) -> Setting:
    experiment, plus, calculation = (part.strip() for part in name.partition("+"))
    if not plus:
        return Setting(name, *_pair(name))
    for rule in {experiment, calculation} - {NONE} | {experiment}:
        try:
            rule_named(rule)
        except PluginError as error:
            raise CampaignError(f"--rules: {name!r}: {error}") from error
    return Setting(name, experiment, None if calculation == NONE else calculation)


def _pair(name: str) -> tuple[str, str]:
    """Rules of a pair, or a rule of experiments with the default one of calculations."""
    pairs = {**PAIRS, DEFAULT: DEFAULT_PAIR}
    if name in pairs:
        return pairs[name]
    try:
        rule_named(name)
    except PluginError as error:
        raise CampaignError(
            f"--rules: {name!r} is no pair of rules ({', '.join(sorted(pairs))}); {error}; or name both "
            f"rules: EXPERIMENT+CALCULATION, such as ucb+max_uncertainty or greedy+{NONE}"
        ) from error
    return name, DEFAULT_PAIR[1]
