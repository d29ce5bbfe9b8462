"""The variables of an Abinit netCDF file, whichever of the two netCDF formats it has."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.dft.compressed import opened
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Variables = dict[str, "NDArray[Any]"]

_CLASSIC = b"CDF"
_NAMES = (
    "abinit_version", "atom_species", "atomic_numbers", "deltae", "diffor", "etotal", "input_string", "ixc",
    "kpoint_weights", "monkhorst_pack_folding", "nelect", "number_of_components", "number_of_spinor_components",
    "occupations", "primitive_vectors", "res2", "residm",
)  # fmt: skip


def read_variables(file: Path) -> Variables:
    """Read what a ground state file holds that matters here.

    netCDF-4 files are HDF5 and are read by h5py, classic ones by SciPy. Dimensions without a variable become
    an array of their length.

    Returns
    -------
    dict
        Name → array, in the file's own atomic units; ``abinit_version`` and ``input_string`` as one string each.

    Raises
    ------
    RejectedCalculation
        The file is cut or damaged.
    """
    with opened(file) as stream:
        content = stream.read()
    try:
        found = _classic(content) if content.startswith(_CLASSIC) else _hdf5(content)
    except (OSError, ValueError, TypeError, EOFError, IndexError) as error:
        reason = f"truncated, still being written, or damaged ({' '.join(str(error).split())[:200]})"
        raise RejectedCalculation(file, reason, "Wait for the run to end, or copy the file again.") from error
    return {name: found[name] for name in _NAMES if name in found}


def text_of(value: NDArray[Any]) -> str:
    """Return a string that is stored as one, or as an array of characters."""
    characters = value.tobytes() if value.dtype.kind == "S" else str(value[()]).encode()
    return characters.replace(b"\0", b"").decode("utf-8", errors="replace").strip()


def _hdf5(content: bytes) -> Variables:
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        found = {name: np.asarray(file[name][()]) for name in _NAMES if name in file}
        found |= {
            name: np.array(file[name].shape[0])
            for name in ("number_of_components", "number_of_spinor_components")
            if name in file
        }
        found["abinit_version"] = np.asarray(file.attrs.get("abinit_version", b""))
    return found


def _classic(content: bytes) -> Variables:
    from scipy.io import netcdf_file

    # Every variable is padded to four bytes; a cut inside the last padding shows in nothing else.
    if len(content) % 4:
        raise ValueError(f"{len(content)} bytes, expected a multiple of 4")
    with netcdf_file(io.BytesIO(content), mmap=False) as file:
        found = {name: np.array(variable.data) for name, variable in file.variables.items()}
        found |= {name: np.array(length) for name, length in file.dimensions.items() if name.startswith("number_of_")}
        found["abinit_version"] = np.asarray(getattr(file, "abinit_version", b""))
    return found
