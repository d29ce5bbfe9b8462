"""How far predictions made beforehand were right."""

from __future__ import annotations

from flows.page.figures.calibration import coverage, histogram
from flows.page.sections.plot import plot
from flows.page.seen import Seen
from loop.figures.data import LEVELS, Innovations, innovations, nominal
from loop.figures.page.markup import paragraph, table

_HISTOGRAM = (
    "Measured values against what was foretold when they were asked for. Bars wider than the curve: the model was "
    "surer than it should be; narrower: less sure."
)
_COVERAGE = "Which share came within the intervals that were foretold; dotted: which should."


def calibration_part(seen: Seen) -> str:
    """Innovations of all measured quantities, and how many came within the intervals."""
    found = innovations(seen.moment)
    refused = paragraph(f"{found.refused} more were put aside because they lay too far off.") if found.refused else ""
    if not len(found.z):
        return paragraph("No value was foretold and then measured yet.") + refused
    figures = plot("innovations", histogram(found), _HISTOGRAM) + plot("coverage", coverage(found), _COVERAGE)
    rows = [_row(found, level) for level in LEVELS]
    columns = ("came within", "values", "share", "expected")
    return f'<div class="two">{figures}</div>' + table("Coverage so far", columns, rows) + refused


def _row(found: Innovations, level: float) -> tuple[str, ...]:
    share, many = float(found.coverage(level)[-1]), len(found.z)
    words = f"{level:g} standard deviation" + ("s" if level > 1 else "")
    return (words, f"{round(share * many)} of {many}", f"{100 * share:.0f} %", f"{100 * nominal(level):.1f} %")
