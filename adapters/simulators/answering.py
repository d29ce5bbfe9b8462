"""From a calculation to what the loop takes in."""

from __future__ import annotations

from pathlib import Path

from adapters.dft import Calculation
from loop.errors import CampaignError
from loop.magnetism import UNITS, convert_magnetization
from loop.protocols import SlotContext
from loop.records import Provenance, Result


def require_magnetization(context: SlotContext) -> None:
    """Refuse a slot whose target is no magnetization of a composition.

    Raises
    ------
    CampaignError
        Where the design space has no formula, or the target's unit is no unit of magnetization.
    """
    if context.space.formula is None:
        raise CampaignError(f"slot {context.slot!r}: needs [space] formula, to place calculations by composition")
    if context.unit not in UNITS:
        raise CampaignError(
            f"slot {context.slot!r}: target unit {context.unit!r} is no magnetization ({', '.join(UNITS)})"
        )


def result_of(
    context: SlotContext,
    calculation: Calculation,
    place: tuple[tuple[float, ...], float],
    request: str | None,
    key: str,
    file: str,
) -> Result:
    """Give a calculation as a result.

    Parameters
    ----------
    context
        Of the slot.
    calculation
        What was read.
    place
        Design point of its composition, and formula units in its cell.
    request
        The request it answers, or None.
    key
        Identity of the content.
    file
        Where it was read, as the history shall call it.
    """
    x, units = place
    value = convert_magnetization(
        calculation.moment_per_cell / units,
        "muB/f.u.",
        context.unit,
        volume=calculation.volume / units,
        molar_mass=_molar_mass(calculation) / units,
    )
    return Result(
        request_id=request,
        target=context.target,
        x=x,
        value=value,
        unit=context.unit,
        uncertainty=None,
        label=context.space.label(x),
        provenance=Provenance(
            key=key,
            adapter=context.slot,
            file=file,
            file_sha256=calculation.files.get(Path(calculation.path).name, ""),
            locator=calculation.formula,
            note=_note(calculation),
        ),
    )


def _note(calculation: Calculation) -> str:
    mesh = "×".join(map(str, calculation.k_mesh)) if calculation.k_mesh else "listed points"
    notes = [f"{calculation.code} {calculation.code_version}", calculation.functional, f"k {mesh}"]
    if calculation.moment_is_fixed:
        notes.append("the moment was imposed, not predicted")
    if calculation.frozen_4f:
        notes.append(f"4f frozen in the core of {', '.join(calculation.frozen_4f)}: their 4f moment is not included")
    return "; ".join((*notes, *calculation.remarks))


def _molar_mass(calculation: Calculation) -> float:
    from pymatgen.core.composition import Composition

    return float(Composition(dict(calculation.composition)).weight)
