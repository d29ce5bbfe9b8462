"""Which target leans on which: edges, active functions, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loop.assimilation.arrays import Ints
from loop.assimilation.basis import Basis
from loop.errors import CampaignError

Active = str | Sequence[str | int] | None
SOURCES = ("calculation", "experiment")


@dataclass(frozen=True)
class Structure:
    """The directed model behind Λ (method.md, 2): y_j = Σ_k B_jk y_k + R_j φ_A(j) + ε_j, var ε_j = V_j.

    With A = I − B: Λyy = Aᵀ V⁻¹ A and Λyx = −Aᵀ V⁻¹ R. C is both the relation of the means and the regression
    on the *noisy* parent, so var(y_e | φ) = C²v1 + v2 ≥ C²v1, and C is attenuated on joint rows when the
    noise of calculation and experiment is independent. Disjoint rows identify only τ² = C²v1 + v2, under that
    inequality.

    Parameters
    ----------
    targets
        Names, parents before children (calculation before experiment).
    sources
        "calculation" or "experiment" per target; default: the last target is the experiment.
    parents
        Earlier targets that a target regresses on.
    active
        Basis functions in a target's own equation: names, indices or a rule; a target not listed has all.
    quantities
        Physical quantity per target, needed when parents and children differ in it (their C has then no prior
        mean of 1); default: targets joined by edges share one.

    Raises
    ------
    CampaignError
        When names repeat, are unknown, or a parent does not come before its child.
    """

    targets: tuple[str, ...]
    sources: tuple[str, ...] = ()
    parents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    active: Mapping[str, Active] = field(default_factory=dict)
    quantities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Fill the defaults and refuse what contradicts itself."""
        targets = tuple(self.targets)
        default = (SOURCES[0],) * (len(targets) - 1) + (SOURCES[1],)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "sources", tuple(self.sources) or default)
        object.__setattr__(self, "parents", {k: _names(v) for k, v in dict(self.parents).items()})
        object.__setattr__(self, "active", dict(self.active))
        self._check()
        object.__setattr__(self, "quantities", tuple(self.quantities) or self._connected())
        if len(self.quantities) != len(targets):
            raise CampaignError(f"quantities {self.quantities}: expected one per target {targets}")

    def _check(self) -> None:
        targets = self.targets
        if not targets or len(set(targets)) != len(targets):
            raise CampaignError(f"targets {targets}: expected at least one, all different")
        if len(self.sources) != len(targets) or not set(self.sources) <= set(SOURCES):
            raise CampaignError(f"sources {self.sources}: expected {len(targets)} of {SOURCES}")
        for child in (*self.parents, *self.active):
            if child not in targets:
                raise CampaignError(f"{child!r} has parents or active functions but is not among the targets {targets}")
        for child, parents in self.parents.items():
            early = targets[: targets.index(child)]
            if not set(parents) <= set(early) or len(set(parents)) != len(parents):
                raise CampaignError(
                    f"parents of {child!r} are {parents}: expected different ones among earlier {early}"
                )

    def _connected(self) -> tuple[str, ...]:
        group = {target: target for target in self.targets}
        for child, parents in self.parents.items():
            joined = {group[name] for name in (child, *parents)}
            group = {name: min(joined) if g in joined else g for name, g in group.items()}
        return tuple(group[target] for target in self.targets)

    @property
    def size(self) -> int:
        """Number of targets q."""
        return len(self.targets)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """(child, parent) indices, by child."""
        index = self.targets.index
        return tuple((j, index(p)) for j, t in enumerate(self.targets) for p in self.parents.get(t, ()))

    def index(self, target: str | int) -> int:
        """Return the position of a target given by name or position.

        Raises
        ------
        CampaignError
            For an unknown target.
        """
        if isinstance(target, str):
            if target not in self.targets:
                raise CampaignError(f"target {target!r}: this model has {self.targets}")
            return self.targets.index(target)
        if not -self.size <= target < self.size:
            raise CampaignError(f"target {target}: this model has {self.size} targets")
        return target % self.size

    def active_indices(self, basis: Basis) -> tuple[Ints, ...]:
        """Resolve the active functions of every target.

        Raises
        ------
        CampaignError
            For an unknown function, or when no target has any.
        """
        found = tuple(basis.resolve(self.active.get(target)) for target in self.targets)
        if not any(len(indices) for indices in found):
            raise CampaignError("no target has an active function: there is nothing to learn")
        return found

    def is_root(self, j: int) -> bool:
        """Whether target ``j`` has no parent."""
        return not self.parents.get(self.targets[j])


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
