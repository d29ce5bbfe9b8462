"""Targets of a campaign file that are M at a temperature under a law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from loop.errors import CampaignError
from loop.records import Source

if TYPE_CHECKING:
    from loop.campaign import TargetTable
    from loop.magnetism import UnderLaw
    from loop.space import Formula


def check_laws(targets: Mapping[str, TargetTable], estimator: str, *, offsets: bool) -> None:
    """Refuse laws that do not fit together.

    Raises
    ------
    ValueError
        Naming the key, what was found and what was expected.
    """
    under = {name: target for name, target in targets.items() if target.law is not None}
    for name, target in targets.items():
        if name in under:
            _check(name, target, targets)
        elif target.of is not None or target.temperature is not None:
            raise ValueError(f"targets.{name}: 'of' and 'temperature' belong to a 'law', which it does not name")
    kinds = {(target.law, target.of) for target in under.values()}
    if len(kinds) > 1:
        raise ValueError(f"targets {', '.join(under)}: expected one law of one pair of targets, found {len(kinds)}")
    if (under or offsets) and estimator == "mle":
        raise ValueError("model.estimator = 'mle': a law or offsets of laboratories need 'bayes' or 'map'")


def _check(name: str, target: TargetTable, targets: Mapping[str, TargetTable]) -> None:
    from loop.magnetism import law_named

    if target.of is None or target.temperature is None:
        raise ValueError(f"targets.{name} has a law: expected 'of = [\"M0\", \"Tc\"]' and 'temperature', in K")
    if target.source is not Source.EXPERIMENT or target.parents or target.active is not None:
        raise ValueError(f"targets.{name} is under a law: expected an experiment without parents and active functions")
    try:
        law_named(str(target.law))
    except CampaignError as error:
        raise ValueError(f"targets.{name}: {error}") from error
    for place, other in zip(("M at 0 K", "Curie temperature"), target.of, strict=True):
        if other not in targets or targets[other].source is not Source.EXPERIMENT or targets[other].law is not None:
            raise ValueError(f"targets.{name}.of names {other!r} as {place}, expected an experimental target")
        if any(other in each.parents for each in targets.values()):
            raise ValueError(f"targets.{name}.of names {other!r}, which another target leans on: expected none to")
    if target.of[0] == target.of[1] or targets[target.of[0]].unit != target.unit or targets[target.of[1]].unit != "K":
        raise ValueError(f"targets.{name}.of = {list(target.of)}: expected one in {target.unit} and one in K")


def under_law(all_targets: Mapping[str, TargetTable], formula: Formula | None) -> UnderLaw | None:
    """Targets that are M at a temperature; None where there are none.

    Parameters
    ----------
    all_targets
        Of the campaign.
    formula
        Of its design space.

    Raises
    ------
    CampaignError
        Where the campaign's formula holds heavy rare earths: the law of a ferromagnet does not hold.
    """
    targets = {name: target for name, target in all_targets.items() if target.law is not None}
    if not targets:
        return None
    from loop.magnetism import UnderLaw, antiparallel, law_named

    first = next(iter(targets.values()))
    heavy = antiparallel(site.element for site in formula.sites) if formula is not None else ()
    if heavy:
        raise CampaignError(
            f"targets.{next(iter(targets))}.law = {first.law!r}: the formula holds {', '.join(heavy)}, heavy rare "
            "earths whose moment opposes the 3d moment; a ferromagnet's law does not hold for ferrimagnets"
        )
    assert first.of is not None  # noqa: S101
    temperatures = {name: float(target.temperature or 0.0) for name, target in targets.items()}
    return UnderLaw(law_named(str(first.law)), first.of, temperatures)
