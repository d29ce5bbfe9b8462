"""``douka export``."""

from __future__ import annotations

from pathlib import Path

from flows.cli.output import console, print_json
from flows.cli.places import find_history
from loop.errors import HistoryError
from loop.history import History

_HDF5 = (".h5", ".hdf5", ".nxs")


def export_command(
    name: str, history: Path | None, target: Path, *, as_csv: bool, force: bool, as_json: bool = False
) -> None:
    """Write a history as one HDF5 file, or as a folder of tables."""
    path = find_history(name, history)
    _require_usable(path, target, as_csv=as_csv, force=force)
    with History.open(path) as kept:
        if as_csv:
            files = kept.export_csv(target)
        else:
            try:
                target.absolute().parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise HistoryError(
                    f"{target.parent}: cannot be made ({error.strerror}). Choose another place"
                ) from error
            files = [kept.export_hdf5(target)]
        digest = kept.digest() if as_json else ""
    if as_json:
        sizes = [{"file": str(file), "bytes": file.stat().st_size} for file in files]
        print_json({"history": str(path), "digest": digest, "files": sizes})
        return
    for file in files:
        console.print(f"{file}  {_size(file)}")


def _require_usable(path: Path, target: Path, *, as_csv: bool, force: bool) -> None:
    if target.resolve().is_relative_to(path.resolve()):
        raise HistoryError(f"{target}: lies in the history itself. Choose a place outside {path}")
    if not as_csv and target.suffix not in _HDF5:
        raise HistoryError(
            f"{target}: expected a file that ends in one of {', '.join(_HDF5)}, or a folder and the option --csv"
        )
    if not as_csv and target.is_dir():
        raise HistoryError(f"{target}: is a folder, expected a file; for a folder of tables give --csv")
    if as_csv and target.is_file():
        raise HistoryError(f"{target}: is a file, expected a folder for the tables")
    taken = target.is_file() or (target.is_dir() and any(target.iterdir()))
    if taken and not force:
        raise HistoryError(f"{target}: is there already. Choose another place, or replace it with --force")


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
