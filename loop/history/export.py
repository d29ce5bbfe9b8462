"""A whole history in one HDF5 file, or as tables in CSV."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from loop.errors import HistoryError
from loop.history import hdf5
from loop.history.durable import make_folder, replace_file
from loop.history.layout import TEMPORARY, cycle_path
from loop.history.master import Progress, begin
from loop.history.seal import read_sealed

if TYPE_CHECKING:
    import h5py
    import pandas as pd

    from loop.history.header import Header


def export_hdf5(folder: Path, header: Header, numbers: Iterable[int], progress: Progress, target: Path) -> Path:
    """Pack everything into one HDF5 file: the master with the cycles themselves instead of links.

    Parameters
    ----------
    folder, header, numbers
        Of the history.
    progress
        Numbers by cycle.
    target
        The file; replaced if it exists.

    Returns
    -------
    pathlib.Path
        The file.
    """
    import h5py

    temporary = target.with_name(f".{target.name}{TEMPORARY}")
    try:
        with h5py.File(temporary, "w") as file:
            file.attrs["NX_class"] = "NXroot"
            file.attrs[hdf5.VERSION] = header.format_version
            cycles = begin(file, header, progress).create_group("cycles")
            cycles.attrs["NX_class"] = "NXcollection"
            for number in numbers:
                _copy(cycle_path(folder, number), cycles)
        temporary.replace(target)
    except HistoryError:
        raise
    except OSError as error:
        raise HistoryError(f"{target}: could not be written: {error}. Choose a place that can be written") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def _copy(path: Path, cycles: h5py.Group) -> None:
    with hdf5.opened(read_sealed(path), path) as file:
        file.copy("entry", cycles, path.stem)


def export_csv(frames: dict[str, pd.DataFrame], header: Header, target: Path) -> list[Path]:
    """Write tables for a spreadsheet, beside the campaign file.

    Parameters
    ----------
    frames
        Tables by name.
    header
        Of the history.
    target
        A folder; made if it does not exist, files in it are replaced.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    try:
        make_folder(target.absolute())
    except OSError as error:
        raise HistoryError(f"{target}: cannot be made ({error.strerror}). Choose another folder") from error
    contents = {f"{name}.csv": frame.to_csv(index=False) for name, frame in frames.items()}
    contents["campaign.toml"] = header.campaign_text
    for name, text in contents.items():
        replace_file(target / name, text.encode("utf-8", "backslashreplace"))
    return [target / name for name in contents]
