"""From a path to a calculation or a reasoned refusal."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.dft import stamp
from adapters.dft.detect import detect
from adapters.dft.guard import only_rejections
from adapters.dft.plausible import plausible

if TYPE_CHECKING:
    from os import PathLike

    from adapters.dft.calculation import Calculation
    from adapters.dft.form import Form


def read_calculation(path: str | PathLike[str], *, quiet_seconds: float = 0.0) -> Calculation:
    """Read one finished calculation, whatever code it came from.

    Parameters
    ----------
    path
        An output file or a calculation folder. Compressed files (.gz, .bz2, .xz) are read as they are.
    quiet_seconds
        Refuse files that changed less than this many seconds ago (a folder being scanned while jobs write
        into it). At 0 only a change during the reading itself is noticed.

    Returns
    -------
    Calculation
        Moment per cell in μB, volume in Å³, energy in eV, and what they came from.

    Raises
    ------
    RejectedCalculation
        For everything that yields no trustworthy moment: missing, empty, unknown, truncated, still growing,
        unconverged, not spin-polarized, non-collinear, zero moment where one is expected.
    """
    path = Path(path)
    with only_rejections(path, "cannot be opened"):
        form, main = detect(path)
    with only_rejections(main, f"damaged or truncated, or no {form.name} output after all"):
        return _read(form, main, quiet_seconds)


def _read(form: Form, main: Path, quiet_seconds: float) -> Calculation:
    files = form.files(main)
    stamps = stamp.quiet(files, quiet_seconds)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        calculation = form.read(files)
    digests = stamp.digests(files)
    stamp.unchanged(stamps)
    remarks = (*calculation.remarks, *_about_the_file(heard))
    calculation = replace(calculation, remarks=remarks, files=digests, path=str(main))
    return plausible(calculation.upright())


def _about_the_file(heard: list[warnings.WarningMessage]) -> list[str]:
    # Deprecations and the like concern our use of a library; the others say something about the data.
    about_code = (
        DeprecationWarning,
        PendingDeprecationWarning,
        FutureWarning,
        ImportWarning,
        ResourceWarning,
    )
    return sorted({str(w.message) for w in heard if not issubclass(w.category, about_code)})
