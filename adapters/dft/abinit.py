"""Abinit: GSR.nc, checked by the main output. GSR.nc is written whether or not the run converged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from adapters.dft.abinit_netcdf import Variables, read_variables, text_of
from adapters.dft.abinit_text import SIGNATURE, AbinitText, read_text
from adapters.dft.calculation import Calculation
from adapters.dft.cell import contents
from adapters.dft.compressed import SUFFIXES, head
from adapters.dft.espresso import BOHR, HARTREE
from adapters.dft.form import Form, PartialForm
from adapters.dft.plausible import OPEN_4F
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 0.01, 0.002
"""μB per cell, and fraction, by which GSR.nc and the main output may differ."""

_FUNCTIONALS = {
    1: "LDA (Teter)",
    2: "LDA (PZ)",
    7: "LDA (PW92)",
    11: "PBE",
    23: "WC",
    -101130: "PBE",
    -116133: "PBEsol",
}
_CRITERIA = {"toldfe": "deltae", "tolvrs": "res2", "tolwfr": "residm", "toldff": "diffor"}
_TEXT = re.compile(rf".*\.(abo|out){SUFFIXES}")


def files(main: Path) -> tuple[Path, ...]:
    """Return GSR.nc and the main outputs that lie beside it."""
    beside = [file for file in sorted(main.parent.iterdir()) if file.is_file() and _TEXT.fullmatch(file.name)]
    return (main, *[file for file in beside if ".abo" in file.name or re.search(SIGNATURE, head(file))])


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized Abinit ground state.

    Parameters
    ----------
    found
        GSR.nc, then any main output (.abo) of the same run.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if neither the main output nor the tolerances in
        GSR.nc prove that it converged, or if the two hold different moments.
    """
    main, *texts = found
    variables = read_variables(main)
    given = text_of(variables["input_string"]) if "input_string" in variables else ""
    _usable(main, variables)
    moment = _moment(main, variables)
    if texts:
        _cross_checked(texts, read_text(texts[0], _dataset(main)), moment, given)
    else:
        _converged_by_tolerance(main, variables, given)
    elements = _elements(variables)
    formula, composition = contents(elements)
    ixc = int(variables["ixc"])
    return Calculation(
        moment_per_cell=moment,
        formula=formula,
        composition=composition,
        n_atoms=len(elements),
        volume=abs(float(np.linalg.det(variables["primitive_vectors"]))) * BOHR**3,
        energy=float(variables["etotal"]) * HARTREE,
        code="Abinit",
        code_version=text_of(variables["abinit_version"]),
        functional=_FUNCTIONALS.get(ixc, f"Abinit ixc {ixc}") + ("+U" if _asked(given, "usepawu") else ""),
        k_mesh=_k_mesh(variables),
        moment_is_fixed=_asked(given, "spinmagntarget"),
        remarks=tuple(
            f"whether the potential of {element} keeps 4f in its core is not in GSR.nc"
            for element in sorted(OPEN_4F & set(composition))
        ),
    )


def _usable(file: Path, variables: Variables) -> None:
    again = "Calculate the ground state with nsppol = 2."
    spins = variables["occupations"].shape[0]
    for wrong, reason in (
        (int(variables["number_of_spinor_components"]) > 1, "non-collinear (nspinor = 2): the moment is a vector"),
        (int(variables["number_of_components"]) > 2, "non-collinear (nspden = 4): the moment is a vector"),
        (
            spins == 1 and int(variables["number_of_components"]) == 2,
            "antiferromagnet (nsppol = 1, nspden = 2): its moment is zero by symmetry",
        ),
        (spins != 2, f"not spin-polarized (nsppol = {spins}, expected 2): it has no moment"),
    ):
        if wrong:
            raise RejectedCalculation(file, reason, again)


def _moment(file: Path, variables: Variables) -> float:
    up, down = variables["occupations"].sum(axis=2) @ variables["kpoint_weights"]
    electrons = float(variables["nelect"])
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(up + down - electrons) <= max(0.01, 1e-3 * electrons):
        reason = f"the occupations hold {up + down:.4f} electrons, expected nelect = {electrons:g}"
        raise RejectedCalculation(file, reason, "Calculate again; the file is inconsistent.")
    return float(up - down)


def _cross_checked(texts: list[Path], text: AbinitText, moment: float, given: str) -> None:
    if len(texts) > 1:
        names = ", ".join(file.name for file in texts)
        raise RejectedCalculation(texts[0], f"several main outputs beside GSR.nc: {names}", "Keep the one of this run.")
    if not text.converged:
        reason = "electronic convergence not reached: the dataset does not say 'is converged'"
        raise RejectedCalculation(texts[0], reason, "Continue the run with larger nstep.")
    if _moves(given) and not text.relaxed:
        reason = "ionic convergence not reached: no 'gradients are converged'"
        raise RejectedCalculation(texts[0], reason, "Continue the relaxation.")
    limit = max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * abs(moment))
    if text.moment is not None and not abs(text.moment - moment) <= limit:
        reason = f"its total magnetization {text.moment:.4f} μB is not that of GSR.nc, {moment:.4f} μB"
        raise RejectedCalculation(texts[0], reason, "Put the outputs of one run together, or calculate again.")


def _converged_by_tolerance(file: Path, variables: Variables, given: str) -> None:
    remedy = "Put the main output (.abo) of the same run beside it."
    if _moves(given):
        raise RejectedCalculation(file, "it does not say whether the relaxation converged", remedy)
    criteria = {name: _tolerance(given, name, _dataset(file)) for name in _CRITERIA}
    reached = {
        name: abs(float(variables[_CRITERIA[name]])) for name, tolerance in criteria.items() if tolerance is not None
    }
    if not reached:
        raise RejectedCalculation(file, "it does not say whether it converged, nor what its tolerance was", remedy)
    for name, value in reached.items():
        tolerance = criteria[name] or 0.0
        if not value <= tolerance:
            reason = f"electronic convergence not reached: {_CRITERIA[name]} = {value:.2g}, {name} = {tolerance:.2g}"
            raise RejectedCalculation(file, reason, "Continue the run with larger nstep.")


def _tolerance(given: str, name: str, dataset: int) -> float | None:
    """Return a tolerance of the input; one for this dataset goes before one for all."""
    for suffix in (str(dataset), r"\?", ""):
        if match := re.search(rf"\b{name}{suffix}\s+([\d.]+(?:[dDeE][+-]?\d+)?)(\s+eV)?", given, re.I):
            value = float(match[1].lower().replace("d", "e"))
            return (value / HARTREE if match[2] else value) or None
    return None


def _moves(given: str) -> bool:
    return _asked(given, "ionmov") or re.search(r"\bgeoopt\d*\s+\"?\w", given, re.I) is not None


def _asked(given: str, name: str) -> bool:
    return re.search(rf"\b{name}\d*\s+[1-9]", given, re.I) is not None


def _dataset(main: Path) -> int:
    match = re.search(r"_DS(\d+)_", main.name)
    return int(match[1]) if match else 1


def _elements(variables: Variables) -> list[str]:
    from pymatgen.core.periodic_table import Element

    charges = variables["atomic_numbers"]
    return [Element.from_Z(round(float(charges[int(kind) - 1]))).symbol for kind in variables["atom_species"]]


def _k_mesh(variables: Variables) -> tuple[int, int, int] | None:
    mesh = variables.get("monkhorst_pack_folding")
    if mesh is None or mesh.shape != (3,) or min(mesh) < 1:
        return None
    first, second, third = (int(n) for n in mesh)
    return first, second, third


def _gsr_beside(text: Path) -> Path | None:
    found = sorted(file for file in text.parent.iterdir() if re.fullmatch(FORM.file_name, file.name))
    return found[0] if len(found) == 1 else None


FORM = Form(
    name="Abinit GSR.nc",
    file_name=rf"(.*_)?GSR\.nc{SUFFIXES}",
    signature=rb"(?!)",
    files=files,
    read=read,
)
"""How Abinit output is recognised and read."""

PARTIAL = (
    PartialForm(
        name="Abinit text output",
        file_name=r"(?!)",
        signature=SIGNATURE,
        lacks="it does not hold the occupations",
        needed="Put the GSR.nc of the same run beside it.",
        main=_gsr_beside,
        inspect=lambda file: read_text(file, 1),
    ),
)
"""Abinit files that are recognised but not read alone."""
