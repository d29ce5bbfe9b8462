"""A filled row becomes an answer, or the list of what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from adapters.magnetometry.specimen import edges_in_mm
from adapters.worksheets import heading as h
from adapters.worksheets.answer import Answer
from adapters.worksheets.filled import Row, number
from adapters.worksheets.reducing import KELVIN, Reduced, reduced
from adapters.worksheets.when import date_of
from loop.errors import DoukaError
from loop.magnetism import UNITS, convert_magnetization
from loop.protocols import SlotContext
from loop.records import Provenance, Request, Sample, content_key, sample_id
from loop.space import Realised, realised_point

HOTTEST = 5000.0
"""No Curie temperature in K is higher."""


@dataclass(frozen=True)
class Checker:
    """Checks rows against the requests they answer.

    Parameters
    ----------
    context
        Of the slot.
    temperature
        In K, of the curve M(H) that a file is to be read at; None where there is one curve.
    is_quiet
        Whether a file has come to rest.
    today
        Rows measured later are refused.
    """

    context: SlotContext
    temperature: float | None
    is_quiet: Callable[[Path], bool]
    today: date

    def answer(self, row: Row, request: Request) -> Answer:
        """Make the answer of a row.

        Raises
        ------
        DoukaError, ValueError
            Saying what is wrong with it.
        """
        if row.text(h.WHAT) and row.text(h.WHAT) != request.label:
            raise ValueError(f"the row is of {row.text(h.WHAT)}, the request of {request.label}: of another campaign?")
        person, when = self._who_and_when(row)
        sample, realised = self._sample(row, request)
        x = request.x if realised is None else realised.x
        value, uncertainty, notes = self._value(row, x)
        self._require_plausible(value, uncertainty)
        if realised is not None:
            notes.append(f"composition off the family by {realised.misfit:.1%} of the atoms")
        said = (request.id, value, uncertainty, *x, person, str(when), row.text(h.FAILED))
        return Answer(
            request_id=request.id,
            value=value,
            unit=self.context.unit,
            uncertainty=uncertainty,
            x=None if realised is None else realised.x,
            sample=sample,
            failure=row.text(h.FAILED),
            provenance=Provenance(
                key=content_key(self.context.target, *said),
                adapter=self.context.slot,
                file=row.file.name,
                file_sha256=row.sha256,
                locator=f"line {row.line}",
                person=person,
                sample=sample.laboratory_id or sample.id,
                note="; ".join(part for part in (f"measured on {when}", row.text(h.NOTE), *notes) if part),
            ),
        )

    def _value(self, row: Row, x: tuple[float, ...]) -> tuple[float | None, float | None, list[str]]:
        """Value and uncertainty in the slot's unit, and what is to be noted; no value where it failed."""
        if row.text(h.FAILED):
            if row.text(h.VALUE):
                raise ValueError(f"it has a value and says {h.FAILED!r}: leave one out")
            return None, None, []
        if row.text(h.VALUE):
            return self._stated(row, x)
        one = self._measured(row, x)
        origin = f"file {row.text(h.FILE)}, SHA-256 {one.measurement.sha256}"
        return one.value, one.uncertainty, [one.method, *one.measurement.remarks, origin]

    def _who_and_when(self, row: Row) -> tuple[str, date]:
        if not row.text(h.BY):
            raise ValueError(f"{h.BY!r} is empty: say who did it")
        if not row.text(h.ON):
            raise ValueError(f"{h.ON!r} is empty: say when, as in 2026-11-23")
        when = date_of(row.text(h.ON))
        # A day more, since a laboratory may lie east of here.
        if when > self.today + timedelta(days=1) or when.year < 1990:
            raise ValueError(f"{h.ON!r} is {when}, which is not in the past")
        return row.text(h.BY), when

    def _stated(self, row: Row, x: tuple[float, ...]) -> tuple[float, float | None, list[str]]:
        value, uncertainty = number(row, h.VALUE), number(row, h.UNCERTAINTY)
        unit = row.text(h.UNIT)
        if value is None:
            raise ValueError(f"{h.VALUE!r} is empty")
        if not unit:
            raise ValueError(f"{h.UNIT!r} is empty, expected {self.context.unit} or a unit that converts to it")
        factor, wanted = 1.0, self.context.unit
        if unit != wanted:
            if unit not in UNITS or wanted not in UNITS:
                raise ValueError(f"{h.UNIT!r} is {unit!r}, expected {wanted}")
            factor = convert_magnetization(1.0, unit, wanted, molar_mass=molar_mass(self.context, x))
        note = [] if unit == wanted else [f"stated as {value:g} {unit}"]
        return value * factor, None if uncertainty is None else uncertainty * factor, note

    def _measured(self, row: Row, x: tuple[float, ...]) -> Reduced:
        file = row.file.parent / row.text(h.FILE)
        if file.parent != row.file.parent:
            raise ValueError(f"{h.FILE!r} is {row.text(h.FILE)!r}, expected the name of a file beside the worksheet")
        if not file.is_file() or not self.is_quiet(file):
            raise ValueError(f"the file {row.text(h.FILE)!r} is not there yet")
        size = row.text(h.SIZE)
        edges = edges_in_mm(size) if size else None
        if size and edges is None:
            raise ValueError(
                f"{h.SIZE!r} is {size!r}, expected three edges such as 1.98x1.99x2.70, the last along the field"
            )
        mass = number(row, h.MASS)
        return reduced(
            file, self.context.unit, molar_mass=molar_mass(self.context, x), mass_mg=mass, size_mm=edges,
            temperature=self.temperature,
        )  # fmt: skip

    def _require_plausible(self, value: float | None, uncertainty: float | None) -> None:
        if value is None:
            return
        unit = self.context.unit
        if (unit in UNITS or unit == KELVIN) and not value >= 0:
            raise ValueError(f"{value:g} {unit} is below zero")
        if unit == KELVIN and value > HOTTEST:
            raise ValueError(f"{value:g} K is hotter than any Curie temperature")
        if uncertainty is not None and not uncertainty > 0:
            raise ValueError(
                f"{h.UNCERTAINTY!r} is {uncertainty:g}, expected a positive standard uncertainty or nothing"
            )
        if uncertainty is not None and unit in UNITS and uncertainty > max(value, 1e-300) * 2:
            raise ValueError(f"{h.UNCERTAINTY!r} is {uncertainty:g}, more than twice the value: in another unit?")

    def _sample(self, row: Row, request: Request) -> tuple[Sample, Realised | None]:
        realised = self._realised(row, request)
        fraction, error = number(row, h.PHASE), number(row, h.PHASE_ERROR)
        for name, found in ((h.PHASE, fraction), (h.PHASE_ERROR, error)):
            if found is not None and not 0 <= found <= 100:
                raise ValueError(f"{name!r} is {found:g}, expected 0 to 100")
        sample = Sample(
            id=sample_id(request.repeats or request.id),
            laboratory_id=row.text(h.LABORATORY_SAMPLE),
            parent=row.text(h.PARENT),
            position=row.text(h.POSITION),
            composition_method=row.text(h.SHARES_BY) if realised is not None else "",
            x_uncertainty=None if realised is None else realised.uncertainty,
            phase_fraction=None if fraction is None else fraction / 100,
            phase_fraction_uncertainty=None if error is None else error / 100,
        )
        return sample, realised

    def _realised(self, row: Row, request: Request) -> Realised | None:
        formula = self.context.space.formula
        elements = [] if formula is None else list(dict.fromkeys(site.element for site in formula.sites))
        shares = {name: number(row, h.share_of(name).lower()) for name in elements}
        seen = {name: share for name, share in shares.items() if share is not None}
        if not seen:
            return None
        error = number(row, h.SHARES_ERROR)
        if error is None or not 0 < error < math.inf:
            raise ValueError(
                f"{h.SHARES_ERROR!r} is {row.text(h.SHARES_ERROR)!r}, expected the standard uncertainty of a share"
            )
        if not row.text(h.SHARES_BY):
            raise ValueError(f"{h.SHARES_BY!r} is empty, expected EDX, ICP or the like")
        if sum(seen.values()) > 100 + 5 * error:
            raise ValueError(f"the measured shares add up to {sum(seen.values()):g} at.%")
        return realised_point(
            self.context.space, seen, dict.fromkeys(seen, error), self.context.space.beside(request.x)
        )


def molar_mass(context: SlotContext, x: tuple[float, ...]) -> float | None:
    """Grams a mole of formula units at a point; None where the space has no formula."""
    formula = context.space.formula
    return None if formula is None else float(formula.composition(x).weight)


WRONG = (DoukaError, ValueError)
"""What a row that is not right raises."""
