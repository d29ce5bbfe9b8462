"""Species files of Elk, for a nucleus between two elements too."""

from __future__ import annotations

import re
from pathlib import Path

from loop.errors import AdapterError, DataError

_STATE = re.compile(r"^(?P<quantum> +\d+ +\d+ +\d+ +)(?P<electrons>\d+\.\d+)(?P<core> +[TF])", re.M)


def species_text(folder: Path, element: str) -> str:
    """Read the species file of an element.

    Raises
    ------
    AdapterError
        Where there is none.
    """
    try:
        return (folder / f"{element}.in").read_text(encoding="ascii")
    except OSError as error:
        raise AdapterError(
            f"Elk has no species file {folder / element}.in ({error.strerror}); it comes with the program: "
            "apt-get install elk-lapw, or set options.code.species to the folder that holds it"
        ) from error


def virtual_species(folder: Path, below: str, above: str, share: float) -> str:
    """Make the species file of a virtual atom between two neighbours of the periodic table.

    That of the lighter element, with ``share`` more protons in the nucleus and as many electrons more in the one shell
    in which the two elements differ.

    Parameters
    ----------
    folder
        Of the species files that come with Elk.
    below, above
        Elements of atomic number Z and Z + 1.
    share
        Of the heavier one, between 0 and 1.

    Raises
    ------
    DataError
        Where the two differ in more than one shell.
    AdapterError
        Where a species file is missing.
    """
    from pymatgen.core.periodic_table import Element

    text = species_text(folder, below)
    lighter, heavier = (_electrons(each) for each in (text, species_text(folder, above)))
    changed = {shell for shell in lighter.keys() | heavier.keys() if lighter.get(shell) != heavier.get(shell)}
    shell = next(iter(changed), "")
    if len(changed) != 1 or heavier.get(shell, 0.0) - lighter.get(shell, 0.0) != 1.0:
        raise DataError(f"{below} and {above} differ in more than one electron of one shell: no virtual crystal")
    text = text.replace(f"'{below}'", "'A'", 1)
    text = re.sub(r"-\d+\.\d+( +: spzn)", rf"{-(Element(below).Z + share):.8f}\1", text, count=1)
    return _STATE.sub(lambda match: _filled(match, shell, share), text)


def _electrons(text: str) -> dict[str, float]:
    """Shell → electrons."""
    return {" ".join(match["quantum"].split()): float(match["electrons"]) for match in _STATE.finditer(text)}


def _filled(match: re.Match[str], shell: str, share: float) -> str:
    if " ".join(match["quantum"].split()) != shell:
        return match[0]
    return f"{match['quantum']}{float(match['electrons']) + share:.8f}{match['core']}"
