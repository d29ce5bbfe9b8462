"""What a generic viewer shows of a cycle file unasked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.history.hdf5 import printable

if TYPE_CHECKING:
    import h5py

    from loop.history.header import Header

_SIGNALS = {
    "observations": ("value", "uncertainty", "Observed value"),
    "requests": ("reason.mean", "reason.deviation", "Prediction at the points asked for"),
}


def add_plot(group: h5py.Group, name: str, rows: Sequence[Any], header: Header) -> None:
    """Add an NXdata with error bars beside a table; values there are copies, the table is what is read back.

    Parameters
    ----------
    group, name
        Of the table, and what it is called.
    rows
        What the table holds.
    header
        Knows the units.
    """
    if name not in _SIGNALS:
        return
    signal, error, title = _SIGNALS[name]
    plot = group.create_group("default_plot")
    plot.attrs.update({"NX_class": "NXdata", "signal": "value", "axes": ["row"]})
    targets = sorted({row.target for row in rows})
    plot.attrs["title"] = printable(f"{title}: {', '.join(targets)}")
    plot["row"] = np.arange(len(rows))
    plot["value"] = _reals(rows, signal)
    plot["value_errors"] = _reals(rows, error)
    units = {header.targets.get(target, "") for target in targets}
    plot["value"].attrs["units"] = printable(units.pop() if len(units) == 1 else "")


def _reals(rows: Sequence[Any], path: str) -> Any:
    from operator import attrgetter

    values = map(attrgetter(path), rows)
    return np.array([np.nan if value is None else value for value in values], dtype="<f8")
