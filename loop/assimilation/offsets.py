"""Columns beside the basis functions: offsets with a shrunk prior that belong to rows, not to points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array, Ints, segments
from loop.assimilation.basis import Basis
from loop.assimilation.shape import Shape
from loop.assimilation.structure import Structure

NEVER = 1_000_000
"""Order of an offset, so that no rule such as ``"order<=2"`` takes it for a function of the point."""


@dataclass(frozen=True)
class Offsets:
    """A group of columns of one target with independent coefficients N(0, λ²).

    Parameters
    ----------
    target
        Whose own equation they stand in.
    names
        One per column, such as laboratories.
    scale
        Prior median of λ, in the target's unit of scale; λ itself where ``spread`` is 0.
    spread
        Prior standard deviation of log λ: the more the members agree, the more they are shrunk towards none.
    """

    target: str
    names: tuple[str, ...]
    scale: float = 0.2
    spread: float = 1.0

    @property
    def learned(self) -> bool:
        """Whether λ is learned."""
        return self.spread > 0.0


class OffsetBasis(Basis):
    """A basis and groups of offsets behind it. At a point all offsets are 0; rows bring their own values.

    Offsets are confounded with the constant without a reference: their prior mean of 0 makes the constant that of a
    typical member.

    Parameters
    ----------
    basis
        The p functions of the point.
    groups
        Columns p … p + e − 1, group after group.
    """

    def __init__(self, basis: Basis, groups: Sequence[Offsets]) -> None:
        self.functions, self.groups = basis, tuple(groups)
        self.dim = basis.dim
        added = tuple(f"{group.target}: {name}" for group in self.groups for name in group.names)
        self.names = (*basis.names, *added)
        self.orders = (*basis.orders, *(NEVER for _ in added))

    def columns(self, X: Array) -> Array:
        """See :class:`Basis`."""
        own = self.functions.columns(X)
        return np.concatenate([own, np.zeros((self.size - len(own), own.shape[1]))])

    def shape(self, active: Ints) -> Shape:
        """See :class:`Basis`; of the functions alone."""
        return self.functions.shape(active[active < self.functions.size])

    @property
    def places(self) -> tuple[slice, ...]:
        """Columns of every group."""
        return segments([len(group.names) for group in self.groups], self.functions.size)

    def structure(self, structure: Structure) -> Structure:
        """Give every target the offsets of its groups, beside its own active functions."""
        active: dict[str, tuple[int, ...]] = {}
        for target, functions in zip(structure.targets, structure.active_indices(self.functions), strict=True):
            groups = zip(self.groups, self.places, strict=True)
            added = [np.r_[place] for group, place in groups if group.target == target]
            active[target] = tuple(int(i) for i in np.concatenate([functions, *added]))
        return Structure(structure.targets, structure.sources, structure.parents, active, structure.quantities)
