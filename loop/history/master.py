"""The master file: one NeXus file that shows a whole history in a viewer by links to its cycles. Derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from loop.history.durable import replace_file
from loop.history.hdf5 import image, printable
from loop.history.header import Header
from loop.history.layout import MASTER, cycle_path

if TYPE_CHECKING:
    import h5py

_SIGNALS = ("best_measured_value", "best_so_far", "best", "observations")
Progress = Mapping[str, npt.NDArray[np.float64]]


def write_master(folder: Path, header: Header, numbers: Sequence[int], progress: Progress) -> Path:
    """Build the master file anew.

    Parameters
    ----------
    folder, header, numbers
        Of the history.
    progress
        Numbers by cycle, from :func:`loop.history.overview.progress`.

    Returns
    -------
    pathlib.Path
        The file.
    """

    def fill(file: h5py.File) -> None:
        import h5py

        entry = begin(file, header, progress)
        cycles = entry.create_group("cycles")
        cycles.attrs["NX_class"] = "NXcollection"
        for number in numbers:
            path = cycle_path(folder, number)
            cycles[path.stem] = h5py.ExternalLink(path.relative_to(folder).as_posix(), "/entry")

    path = folder / MASTER
    replace_file(path, image(fill))
    return path


def begin(file: h5py.File, header: Header, progress: Progress) -> h5py.Group:
    """Write what the master and an export have in common: the campaign, and the default plot of its progress.

    Parameters
    ----------
    file
        To write into.
    header
        Of the history.
    progress
        Numbers by cycle.

    Returns
    -------
    h5py.Group
        The entry, for the cycles.
    """
    file.attrs["default"] = "entry"
    entry = file.create_group("entry")
    entry.attrs.update({"NX_class": "NXentry", "default": "progress"})
    entry["title"] = printable(header.campaign)
    entry["campaign_text"] = printable(header.campaign_text)
    plot = entry.create_group("progress")
    signal = next(name for name in _SIGNALS if name in progress)
    plot.attrs.update({"NX_class": "NXdata", "signal": signal, "axes": ["cycle"], "title": "Progress"})
    for name in sorted(progress):
        plot[name.replace("/", "∕")] = progress[name]
    return entry
