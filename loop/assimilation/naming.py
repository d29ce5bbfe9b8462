"""Names of descriptors."""

from __future__ import annotations

from collections.abc import Sequence

from loop.errors import CampaignError


def variable_names(dim: int, variables: Sequence[str] | None) -> tuple[str, ...]:
    """Return the given names, or x0, x1, … .

    Raises
    ------
    CampaignError
        When there are not exactly ``dim`` different names.
    """
    names = tuple(variables) if variables is not None else tuple(f"x{i}" for i in range(dim))
    if dim < 1 or len(set(names)) != dim or len(names) != dim:
        raise CampaignError(f"variables {names}: a basis of {dim} descriptors needs {dim} different names")
    return names
