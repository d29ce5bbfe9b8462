"""The value of another compound of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loop.innovation.mistakes.alternative import Alternative
from loop.innovation.reading import Reading


def other_compounds(reading: Reading, others: Sequence[Reading]) -> Iterator[Alternative]:
    """The reading at the point of every other compound of which the table has such a value, each once.

    Parameters
    ----------
    reading
        The suspicious one.
    others
        The rest of the table.
    """
    points = {other.x: other for other in others if other.target == reading.target and other.x != reading.x}
    for x, other in points.items():
        where = f" ({other.place})" if other.place else ""
        meant = replace(reading, x=x, label=other.label, volume=other.volume, molar_mass=other.molar_mass)
        yield Alternative("another compound", f"the value of {other.label}{where}", (meant,), len(points))
