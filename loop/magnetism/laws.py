"""Laws by the names that campaign files use."""

from __future__ import annotations

from loop.errors import CampaignError
from loop.magnetism.brillouin import BrillouinLaw
from loop.magnetism.curie_bloch import CurieBlochLaw
from loop.magnetism.kuzmin import KuzminLaw
from loop.magnetism.law import Law

LAWS: dict[str, type[Law]] = {"kuzmin": KuzminLaw, "curie-bloch": CurieBlochLaw, "brillouin": BrillouinLaw}
"""Every law with the priors of its defaults."""


def law_named(name: str) -> Law:
    """Make a law with its default prior.

    Raises
    ------
    CampaignError
        For an unknown name.
    """
    if name not in LAWS:
        raise CampaignError(f"law {name!r}: expected one of {', '.join(LAWS)}")
    return LAWS[name]()
