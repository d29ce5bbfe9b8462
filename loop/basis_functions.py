"""From a design space and ``[model]`` to basis functions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from loop.assimilation import Basis, CategoryBasis, PolynomialBasis, ProductBasis, SineBasis, SubstitutionBasis
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.space import Space, Variable

RARE_EARTHS = frozenset(
    ("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu")
)
"""Substituting one for another moves magnetization and Curie temperature less than substituting the 3d metal does."""


def basis_of(campaign: Campaign) -> Basis:
    """The basis functions, on the box of the design space; categories come in by contrasts.

    Polynomials keep their bound on the total degree, to which a contrast counts 1. Sine functions are multiplied
    with each other and with all contrasts (``decisions/0005-categories-by-contrasts.md``). Substitutions among the rare
    earths are the weak ones (``decisions/0014-substitutions-about-a-parent.md``).

    Raises
    ------
    CampaignError
        Where the basis does not fit the space.
    """
    space, table = campaign.space, campaign.table.model
    real = [column for column, variable in enumerate(space.variables) if not variable.values]
    factors: list[Basis] = [_numbers(space, real, table.basis, table.degree)] if real else []
    descriptors = [real] if real else []
    for column, variable in enumerate(space.variables):
        if variable.values:
            factors.append(CategoryBasis(variable.values, variable.name))
            descriptors.append([column])
    if len(factors) == 1:
        return factors[0]
    return ProductBasis(factors, None if table.basis == "sine" else table.degree, descriptors)


def active_functions(space: Space, active: Sequence[str] | str) -> tuple[str, ...] | str:
    """Names of basis functions, where ``treatment`` stands for all contrasts of a categorical variable.

    Parameters
    ----------
    space
        The design space.
    active
        As in the campaign file: names, also products such as ``alpha*treatment``, or a rule.
    """
    if isinstance(active, str):
        return active
    categorical = {variable.name: variable for variable in space.variables if variable.values}
    return tuple(name for entry in active for name in _expanded(entry, categorical))


def _expanded(entry: str, categorical: dict[str, Variable]) -> list[str]:
    choices = [
        [f"{part}[{value}]" for value in categorical[part].values[1:]] if part in categorical else [part]
        for part in entry.split("*")
    ]
    if all(len(each) == 1 for each in choices) and not set(entry.split("*")) & set(categorical):
        return [entry]
    return ["*".join(parts) for parts in itertools.product(*choices)]


def _numbers(space: Space, columns: list[int], kind: str, degree: int) -> Basis:
    bounds = space.bounds[columns]
    if kind == "substitution":
        names = [space.names[column] for column in columns]
        rare = space.formula.exchanging(RARE_EARTHS) if space.formula is not None else frozenset()
        weak = [place for place, name in enumerate(names) if name in rare]
        return SubstitutionBasis(len(columns), degree, bounds, names, weak=weak)
    if kind == "polynomial":
        return PolynomialBasis(len(columns), degree, bounds, [space.names[column] for column in columns])
    if not np.array_equal(bounds, np.tile([0.0, 1.0], (len(columns), 1))):
        raise CampaignError("model.basis = 'sine' needs every variable that is a number between 0 and 1")
    return SineBasis(len(columns), degree, variables=[f"x{column}" for column in columns])
