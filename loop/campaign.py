"""The campaign file: what is searched, with what, by which rules and until when."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from loop.admit_table import AdmitTable
from loop.approval_table import ApprovalTable, check_approval
from loop.errors import CampaignError
from loop.law_table import check_laws, under_law
from loop.limits import Limits
from loop.notify_table import NotifyTable
from loop.objective_table import ObjectiveTable, outcome_targets, worth_from
from loop.pause_table import PauseTable
from loop.prefect_table import PrefectTable
from loop.records import Source
from loop.repeat_table import standard_points
from loop.retry_table import RetryTable
from loop.secret import refuse_secrets
from loop.slot_table import Name, SlotTable
from loop.space import Space
from loop.space.cost import Cost, ExpressionCost, costs_at
from loop.space.quantities import SpaceQuantities
from loop.space_table import SpaceTable, Table, narrowed, space_from
from loop.stop_table import StopTable
from loop.synthesis_table import SynthesisTable
from loop.weigh_out import Synthesis

SHARE = 1.0 / 3.0
Fraction = Annotated[float, Field(ge=0, le=1)]


class TargetTable(Table):
    """``[targets.NAME]``: one quantity, from calculation or from experiment."""

    source: Source
    unit: str = Field(min_length=1)
    description: str = ""
    parents: tuple[str, ...] = Field((), description="earlier targets it is a multiple of, plus a discrepancy")
    active: tuple[str, ...] | str | None = Field(
        None,
        description="basis functions its discrepancy may use: names, or a rule such as 'order<=1'; all if absent",
    )
    law: str | None = Field(None, description="shape law of M(T) that makes it of two other experiments")
    of: tuple[str, str] | None = Field(None, description="with a law: the targets M at 0 K and Curie temperature")
    temperature: PositiveFloat | None = Field(None, description="with a law: where it is sought, in K")


class ModelTable(Table):
    """``[model]``: how calculation and experiment are assimilated."""

    basis: Literal["polynomial", "sine", "substitution"] = "polynomial"
    degree: PositiveInt = Field(
        2, description="total degree of the polynomials, or number of sine functions a dimension"
    )
    estimator: Literal["bayes", "map", "mle"] = "bayes"
    laboratory_offsets: bool = Field(False, description="learn an offset for every laboratory, shrunk to none")


class PolicyTable(Table):
    """``[policy]``: how the next requests are chosen."""

    rule: str | None = Field(None, description="a named pair of rules, such as 'source_rule'; excludes the two below")
    experiment: str | None = None
    calculation: str | None = None
    polish: bool = Field(False, description="move the best candidates to the nearest optimum of the rule")
    per_cost: bool = Field(False, description="rank by what a request brings per unit of its cost")
    allocation: Literal["slots", "cost"] = Field("slots", description="how many calculations: free places, or by cost")
    share: float = Field(
        SHARE, ge=0, lt=1, description="of the cost that goes to calculations, where allocated by cost"
    )
    attempts: PositiveInt = Field(1, description="times a point is asked for, where requests for it fail")

    @model_validator(mode="after")
    def _pair_or_parts(self) -> PolicyTable:
        if self.rule is not None and (self.experiment or self.calculation):
            raise ValueError("'rule' names both rules: leave out 'experiment' and 'calculation'")
        return self


class CampaignTable(Table):
    """The whole file."""

    title: str = Field(min_length=1)
    description: str = ""
    seed: int = Field(0, ge=0)
    cost_unit: str = "request"
    poll_seconds: PositiveFloat = Field(2.0, description="pause between looks at adapters that answer later")
    conditions: dict[str, str | float] = Field(default_factory=dict, description="what is held fixed, for the reader")
    space: SpaceTable
    targets: dict[Name, TargetTable] = Field(min_length=1)
    model: ModelTable = Field(default_factory=lambda: ModelTable())
    prices: dict[str, PositiveFloat] = Field(default_factory=dict, description="money for 1 kg of each element")
    objective: ObjectiveTable
    policy: PolicyTable = Field(default_factory=lambda: PolicyTable())
    simulators: tuple[SlotTable, ...] = ()
    instruments: tuple[SlotTable, ...] = ()
    synthesis: SynthesisTable | None = Field(None, description="what samples are made of, and how")
    stop: StopTable
    limits: dict[str, Any] = Field(default_factory=dict, description="what no request may exceed: see loop.limits")
    admit: AdmitTable = Field(default_factory=lambda: AdmitTable())
    pause: PauseTable = Field(default_factory=lambda: PauseTable())
    retry: RetryTable = Field(default_factory=lambda: RetryTable())
    approval: ApprovalTable = Field(default_factory=lambda: ApprovalTable())
    notify: NotifyTable = Field(default_factory=lambda: NotifyTable())
    prefect: PrefectTable = Field(default_factory=lambda: PrefectTable())

    @model_validator(mode="after")
    def _consistent(self) -> CampaignTable:
        _check_targets(self.targets)
        check_laws(self.targets, self.model.estimator, offsets=self.model.laboratory_offsets)
        _check_reference("objective.target", self.objective.target, self.targets)
        if self.targets[self.objective.target].source is not Source.EXPERIMENT:
            raise ValueError(
                f"objective.target = {self.objective.target!r} is calculated; expected an experimental target"
            )
        for key, name in outcome_targets(self.objective).items():
            _check_reference(key, name, self.targets)
        _check_slots(self)
        check_approval(self.approval, [slot.name for slot in (*self.simulators, *self.instruments)])
        if not any(value is not None for value in self.stop.model_dump().values()):
            raise ValueError("[stop] is empty: expected one of experiments, cost, no_improvement, cycles, rule")
        return self


class Slot(Table):
    """A slot with its kind."""

    source: Source
    table: SlotTable


class Campaign:
    """A validated campaign.

    Parameters
    ----------
    name
        Of the folder that holds the file.
    table
        The file's content, validated.
    text
        The file, verbatim.
    folder
        Folder of the file; relative paths in options are relative to it.
    """

    def __init__(self, name: str, table: CampaignTable, text: str, folder: Path) -> None:
        self.name = name
        self.table = table
        self.text = text
        self.folder = folder
        self.space = space_from(table.space)
        formula = self.space.formula
        self.limits = Limits.parse(
            table.limits, self.space.names, formula.amounts if formula else None, self.space.bounds[:, 0].tolist(),
            {variable.name: variable.values for variable in self.space.variables if variable.values},
        )  # fmt: skip
        self.synthesis = Synthesis(table.synthesis, self.space) if table.synthesis is not None else None
        self.quantities = SpaceQuantities(self.space, table.prices)
        self.worth = worth_from(table.objective, self.targets, self.quantities.names)
        self.under_law = under_law(table.targets, formula)
        self._costs = {slot.table.name: _cost(slot, self.quantities) for slot in self.slots}
        self._reaches = {
            slot.table.name: narrowed(self.space, slot.table.reach, f"{slot.table.name}.reach") for slot in self.slots
        }
        self._standards = {
            slot.table.name: standard_points(
                self.space,
                self.limits,
                self._costs[slot.table.name],
                slot.table.standards,
                f"{slot.table.name}.standards",
            )
            for slot in self.slots
        }

    def standards(self, slot: str) -> Mapping[str, tuple[tuple[float, ...], int]]:
        """Point and period of each reference standard of a slot, by name."""
        return self._standards[slot]

    def cost(self, slot: str) -> Cost:
        """What one request to a slot costs: a number, or a function from points (n, d) to costs (n,)."""
        return self._costs[slot]

    def costs(self, slot: str, X: np.ndarray) -> np.ndarray:
        """Costs (n,) of requests to a slot at the points X (n, d).

        Raises
        ------
        CampaignError
            Where one is no finite number, 0 or more.
        """
        return costs_at(self._costs[slot], np.asarray(X, dtype=float), f"one request to {slot!r}")

    def reach(self, slot: str) -> Space:
        """Part of the design space that a slot can be asked for."""
        return self._reaches[slot]

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Simulators, then instruments."""
        return tuple(Slot(source=Source.CALCULATION, table=table) for table in self.table.simulators) + tuple(
            Slot(source=Source.EXPERIMENT, table=table) for table in self.table.instruments
        )

    @property
    def unit(self) -> str:
        """Unit of what is sought; empty where a worth has none."""
        objective = self.table.objective
        return self.table.targets[objective.target].unit if self.worth is None else objective.unit or ""

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets, in the order of the file."""
        return tuple(self.table.targets)

    def with_seed(self, seed: int) -> Campaign:
        """The same campaign with another seed; its text is no longer that of the file."""
        return Campaign(
            self.name, self.table.model_copy(update={"seed": seed}), f"{self.text}\n# seed {seed}", self.folder
        )

    def without_end(self) -> Campaign:
        """The same campaign without stopping rules, to see what it would ask next."""
        return Campaign(self.name, self.table.model_copy(update={"stop": StopTable()}), self.text, self.folder)

    @classmethod
    def load(cls, path: Path) -> Campaign:
        """Read and check a campaign file.

        Parameters
        ----------
        path
            The TOML file, or the folder that holds it as ``campaign.toml``.

        Raises
        ------
        CampaignError
            Naming the file, the key, what was found and what was expected.
        """
        file = path / "campaign.toml" if path.is_dir() else path
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CampaignError(f"{file}: cannot be read as UTF-8 text ({error})") from error
        campaign = cls.parse(text, file)
        refuse_secrets(tomllib.loads(text), file)
        return campaign

    @classmethod
    def parse(cls, text: str, file: Path) -> Campaign:
        """Check the text of a campaign file; ``file`` is named in errors and gives the campaign its name."""
        try:
            table = CampaignTable.model_validate(tomllib.loads(text))
            return cls(file.resolve().parent.name, table, text, file.resolve().parent)
        except tomllib.TOMLDecodeError as error:
            raise CampaignError(f"{file}: not valid TOML: {error}") from error
        except ValidationError as error:
            raise CampaignError(f"{file}: " + "; ".join(_explain(one) for one in error.errors())) from error
        except CampaignError as error:
            raise CampaignError(f"{file}: {error}") from error


def _cost(slot: Slot, quantities: SpaceQuantities) -> Cost:
    if not isinstance(slot.table.cost, str):
        return slot.table.cost
    try:
        return ExpressionCost.parse(slot.table.cost, quantities)
    except CampaignError as error:
        raise CampaignError(f"the cost of slot {slot.table.name!r}: {error}") from error


def _check_targets(targets: dict[str, TargetTable]) -> None:
    earlier: list[str] = []
    for name, target in targets.items():
        for parent in target.parents:
            if parent not in earlier:
                raise ValueError(
                    f"targets.{name}.parents names {parent!r}, expected targets listed before it: "
                    f"{', '.join(earlier) or 'none'}"
                )
        earlier.append(name)


def _check_reference(key: str, name: str, targets: dict[str, TargetTable]) -> None:
    if name not in targets:
        raise ValueError(f"{key} = {name!r} is no target; there are {', '.join(targets)}")


def _check_slots(campaign: CampaignTable) -> None:
    names: set[str] = set()
    for kind, source, slots in (
        ("simulators", Source.CALCULATION, campaign.simulators),
        ("instruments", Source.EXPERIMENT, campaign.instruments),
    ):
        for slot in slots:
            if slot.name in names:
                raise ValueError(f"{kind}: the name {slot.name!r} is used twice")
            names.add(slot.name)
            _check_reference(f"{kind}.{slot.name}.target", slot.target, campaign.targets)
            found = campaign.targets[slot.target].source
            if found is not source:
                raise ValueError(
                    f"{kind}.{slot.name}.target = {slot.target!r} has source {found.value!r}, expected {source.value!r}"
                )
            if source is Source.CALCULATION and (slot.repeats or slot.standards):
                raise ValueError(f"{kind}.{slot.name}: a calculation gives the same value again: expected no repeats")
    if not campaign.instruments:
        raise ValueError("there is no [[instruments]] table: expected at least one, to measure the objective")


def _explain(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r} (value {_shown(key, error)}); check the spelling against the documented keys"
        case "missing":
            return f"the key {key!r} is missing"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            said = f"{error['msg'][:1].lower()}{error['msg'][1:]}".replace("a valid tuple", "a list, as in [...]")
            return f"{key} = {_shown(key, error)}: {said}"


def _shown(key: str, error: Any) -> str:
    """What was found; not where it may be a secret, such as the address of a webhook."""
    found = repr(error["input"])
    return "(not shown here)" if key.startswith("notify") or "://" in found else found
