"""The moment in VASP's ``vasprun.xml``: spin up minus spin down, weighted over the k-points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adapters.dft import vasp_convergence, vasp_settings
from adapters.dft.calculation import Calculation
from adapters.dft.cell import contents
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pymatgen.io.vasp.outputs import Vasprun

_ELECTRONS = 1e-3


def read_vasprun(file: Path) -> tuple[Calculation, int, bool]:
    """Read vasprun.xml.

    Returns
    -------
    calculation
        With the sign of the moment that the file gives.
    steps
        Ionic steps.
    is_relaxation
        Whether atoms were allowed to move, so that OUTCAR must report the end of the relaxation.

    Raises
    ------
    RejectedCalculation
        Not spin-polarized, non-collinear, unconverged, without eigenvalues, not self-consistent.
    Exception
        Whatever lxml and pymatgen raise on a truncated or damaged file.
    """
    from pymatgen.io.vasp.outputs import Vasprun

    try:
        run = Vasprun(file, parse_dos=False, parse_potcar_file=False)
    except (SyntaxError, EOFError) as error:  # lxml's and gzip's ways to say that the end is missing
        reason = f"truncated, still being written, or damaged ({error})"
        remedy = "Wait for the run to end, copy the file again, or repeat the run if the job was killed."
        raise RejectedCalculation(file, reason, remedy) from error
    points, style = len(run.actual_kpoints), str(run.kpoints.style)
    vasp_settings.usable(file, {**run.incar, **run.parameters}, points, style)
    vasp_convergence.converged(file, run)
    formula, composition = contents(str(symbol) for symbol in run.atomic_symbols)
    calculation = Calculation(
        moment_per_cell=_moment(file, run),
        formula=formula,
        composition=composition,
        n_atoms=len(run.final_structure),
        volume=float(run.final_structure.volume),
        energy=float(run.final_energy),
        code="VASP",
        code_version=str(run.vasp_version).strip(),
        functional=vasp_settings.functional({**run.parameters, **run.incar}, run.potcar_symbols),
        k_mesh=vasp_settings.k_mesh(run),
        frozen_4f=vasp_settings.frozen_4f(run.potcar_symbols),
        moment_is_fixed=float(run.parameters.get("NUPDOWN", -1)) >= 0,
        initial_moments=_initial_moments(run),
        path=str(file),
    )
    return calculation, len(run.ionic_steps), vasp_convergence.is_relaxation(run)


def _moment(file: Path, run: Vasprun) -> float:
    up, down = _occupations(file, run)
    weights = np.asarray(run.actual_kpoints_weights, dtype=float)
    if not len(weights) == len(up) == len(down):
        reason = f"{len(weights)} k-point weights for occupations at {len(up)} and {len(down)} k-points"
        raise RejectedCalculation(file, reason, "Calculate again; the file is inconsistent.")
    electrons, moment = (float(weights @ total.sum(axis=1)) for total in (up + down, up - down))
    expected = float(run.parameters.get("NELECT", np.nan))
    # NaN on either side must not pass.
    if not abs(electrons - expected) <= max(0.01, _ELECTRONS * expected):
        reason = f"the occupations hold {electrons:.4f} electrons, expected NELECT = {expected:g}"
        raise RejectedCalculation(file, reason, "Look for overflow (****) or NaN in it and calculate again.")
    return moment


def _occupations(file: Path, run: Vasprun) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the occupations of spin up and down, each of shape (k-points, bands)."""
    from pymatgen.electronic_structure.core import Spin

    if not run.eigenvalues:
        reason = "it holds no eigenvalues, so no occupations to take the moment from"
        raise RejectedCalculation(file, reason, "Calculate again without suppressing eigenvalues (NWRITE).")
    if set(run.eigenvalues) != {Spin.up, Spin.down}:
        reason = f"eigenvalues of {len(run.eigenvalues)} spin direction(s), expected 2"
        raise RejectedCalculation(file, reason, "Calculate again with ISPIN = 2.")
    up, down = (np.asarray(run.eigenvalues[spin], dtype=float)[..., 1] for spin in (Spin.up, Spin.down))
    if not (np.isfinite(up).all() and np.isfinite(down).all()):
        reason = "NaN or overflow (****) among the occupations"
        raise RejectedCalculation(file, reason, "Calculate again; the run is numerically broken.")
    return up, down


def _initial_moments(run: Vasprun) -> tuple[float, ...] | None:
    start = run.parameters.get("MAGMOM")
    if not isinstance(start, list) or len(start) != len(run.final_structure):
        return None
    return tuple(float(m) for m in start)
