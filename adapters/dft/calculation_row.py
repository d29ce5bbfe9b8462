"""One calculation as a row of a plain table: every number beside its unit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveFloat, ValidationError

from adapters.dft.calculation import Calculation
from adapters.dft.cell import joined
from adapters.dft.espresso import BOHR, HARTREE
from loop.errors import DataError
from loop.magnetism import UNITS, convert_magnetization

_PER_CELL = {"muB", "muB/cell", "μB", "μB/cell"}
_VOLUMES = {"A3": 1.0, "Å3": 1.0, "Å³": 1.0, "nm3": 1e3, "bohr3": BOHR**3}
_ENERGIES = {"eV": 1.0, "Ha": HARTREE, "Ry": HARTREE / 2}


def _mesh(value: Any) -> Any:
    return [int(word) for word in value.replace("×", "x").split("x")] if isinstance(value, str) and value else value


def _must_be_true(value: bool) -> bool:
    if not value:
        raise ValueError("not converged; expected true")
    return value


def _listed(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


class CalculationRow(BaseModel):
    """Fields of a row; all unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    formula: str = Field(
        min_length=1, description="contents of the cell that moment and volume are of, such as Nd2Fe14B"
    )
    moment: float
    moment_unit: str = Field(min_length=1)
    volume: PositiveFloat
    volume_unit: Literal["A3", "Å3", "Å³", "nm3", "bohr3"]
    converged: Annotated[bool, AfterValidator(_must_be_true)]
    code: str = Field(min_length=1)
    code_version: str = Field(min_length=1)
    functional: str = Field(min_length=1)
    k_mesh: Annotated[tuple[int, int, int] | None, BeforeValidator(_mesh)] = None
    energy: float | None = None
    energy_unit: Literal["eV", "Ha", "Ry"] | None = None
    frozen_4f: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    moment_is_fixed: bool = False
    note: str = ""

    def calculation(self, path: str, where: str) -> Calculation:
        """Return the row as a calculation in canonical units.

        Raises
        ------
        DataError
            The formula is none, or a unit is unknown or missing.
        """
        from pymatgen.core.composition import Composition, CompositionError

        try:
            found = Composition(self.formula)
            formula, composition = joined({str(element): float(n) for element, n in found.items()})
        except (CompositionError, ValueError, AttributeError) as error:
            raise DataError(f"formula = {self.formula!r} is no composition ({error})") from error
        if self.energy is not None and self.energy_unit is None:
            raise DataError("energy_unit is missing; expected one of eV, Ha, Ry")
        volume = self.volume * _VOLUMES[self.volume_unit]
        return Calculation(
            moment_per_cell=self._moment(sum(composition.values()), volume, float(found.weight)),
            formula=formula,
            composition=composition,
            n_atoms=round(sum(composition.values())) or 1,
            volume=volume,
            energy=None if self.energy is None else self.energy * _ENERGIES[self.energy_unit or "eV"],
            code=self.code,
            code_version=self.code_version,
            functional=self.functional,
            k_mesh=self.k_mesh,
            frozen_4f=self.frozen_4f,
            moment_is_fixed=self.moment_is_fixed,
            remarks=tuple(part for part in (where, self.note) if part),
            path=path,
        )

    def _moment(self, atoms: float, volume: float, mass: float) -> float:
        if self.moment_unit in _PER_CELL:
            return self.moment
        if self.moment_unit in {"muB/atom", "μB/atom"}:
            return self.moment * atoms
        if self.moment_unit not in UNITS:
            known = ", ".join(sorted({"muB/cell", "muB/atom", *UNITS.values()}))
            raise DataError(f"moment_unit = {self.moment_unit!r} is unknown; expected one of {known}")
        return convert_magnetization(self.moment, self.moment_unit, "muB/f.u.", volume=volume, molar_mass=mass)


def parsed(fields: dict[str, Any]) -> CalculationRow:
    """Check the fields of a row.

    Raises
    ------
    DataError
        Naming every field, what was found and what was expected.
    """
    try:
        return CalculationRow.model_validate(fields)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg'][:1].lower()}{one['msg'][1:]} (found {one['input']!r})"
            for one in error.errors()
        ]
        raise DataError("; ".join(problems)) from error
