"""Which file of which form a path means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from adapters.dft import abinit, akaikkr, calculation_table, elk, espresso, espresso_text, vasp, vasp_outcar
from adapters.dft.compressed import head
from adapters.dft.guard import only_rejections
from adapters.dft.rejected import NoCalculation, RejectedCalculation, SeveralCalculations

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.dft.form import Form, PartialForm

FORMS: tuple[Form, ...] = (
    vasp.FORM,
    vasp_outcar.FORM,
    espresso.FORM,
    espresso_text.FORM,
    elk.FORM,
    akaikkr.FORM,
    abinit.FORM,
    calculation_table.FORM,
)
"""Every code whose output is read. A new one: write its file, add its form here."""

PARTIAL: tuple[PartialForm, ...] = (*vasp.PARTIAL, *elk.PARTIAL, *abinit.PARTIAL)
"""Outputs that are recognised only to say what is missing."""


def detect(path: Path) -> tuple[Form, Path]:
    """Find the form and the main file of a calculation.

    Parameters
    ----------
    path
        A file (recognised by name or content) or a calculation folder (by the names in it).

    Raises
    ------
    RejectedCalculation
        Nothing there, nothing known, or several calculations in one folder.
    """
    if path.is_dir():
        return _in_folder(path)
    if not path.exists():
        raise RejectedCalculation(path, "there is no such file or folder", "Check the path.")
    if not path.is_file():
        raise RejectedCalculation(path, "is neither a file nor a folder", "Pass an output file or its folder.")
    return _of_file(path)


def known() -> str:
    """Return the names of all forms that can be read, for messages."""
    return ", ".join(form.name for form in FORMS)


def _of_file(file: Path) -> tuple[Form, Path]:
    first = head(file)
    for form in (*(form for form in FORMS if form.signed(first)), *(form for form in FORMS if form.named(file))):
        fuller = form.fuller(file)
        return _of_file(fuller) if fuller else (form, file)
    for partial in PARTIAL:
        if partial.matches(file, first):
            if main := partial.main(file):
                return _of_file(main)
            _refuse(partial, file)
    found = "the file is empty (0 bytes)" if not file.stat().st_size else "unknown format"
    raise NoCalculation(file, found, f"Expected one of: {known()}.")


def main_files(folder: Path) -> list[tuple[Form, Path]]:
    """Find every calculation that a folder holds: by the names of its files, else by their first bytes."""
    entries = _entries(folder)
    found = [(form, file) for form in FORMS for file in _main_files(form, folder, entries)]
    if not found:
        found = [(form, file) for file in entries for form in FORMS if form.signed(head(file))]
    return [(form, file) for form, file in found if form.fuller(file) is None]


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_file())


def _in_folder(folder: Path) -> tuple[Form, Path]:
    entries, found = _entries(folder), main_files(folder)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(file.relative_to(folder)) for _, file in found)
        raise SeveralCalculations(
            folder, f"several calculations in one folder: {names}", "Pass the file that is meant."
        )
    for partial in PARTIAL:
        for entry in entries:
            if partial.matches(entry, head(entry)):
                _refuse(partial, entry)
    what = f"no known output among {len(entries)} files" if entries else "the folder holds no files"
    raise NoCalculation(folder, what, f"Expected the output of a finished calculation: {known()}.")


def _main_files(form: Form, folder: Path, entries: list[Path]) -> list[Path]:
    here = [entry for entry in entries if form.named(entry)]
    if here:
        return here
    below = (file for pattern in form.folders for file in sorted(folder.glob(pattern)))
    return [file for file in below if file.is_file() and form.named(file)]


def _refuse(partial: PartialForm, file: Path) -> NoReturn:
    with only_rejections(file, f"damaged, or no {partial.name} after all"):
        partial.inspect(file)
    raise RejectedCalculation(file, f"{partial.name} alone: {partial.lacks}", partial.needed)
