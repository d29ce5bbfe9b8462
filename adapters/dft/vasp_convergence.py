"""Whether a VASP run converged: vasprun.xml does not say so, it has to be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pymatgen.io.vasp.outputs import Vasprun

_SLACK = 10.0
"""Times EDIFF by which the last two energies may differ: the last line holds corrections the others lack."""


def is_relaxation(run: Vasprun) -> bool:
    """Return whether atoms or cell were to move until forces or energy converge."""
    tags = run.parameters
    return tags.get("IBRION", -1) in (1, 2, 3) and tags.get("NSW", 0) > 1 and tags.get("EDIFFG", 1) != 0


def converged(file: Path, run: Vasprun) -> None:
    """Check the electronic and the ionic loop.

    Raises
    ------
    RejectedCalculation
        A loop used up its steps (NELM, NSW), or stopped before it converged (STOPCAR).
    """
    if not run.ionic_steps:
        raise RejectedCalculation(file, "it holds no <calculation>", "Wait for the run or repeat it.")
    steps = run.ionic_steps[-1]["electronic_steps"]
    if not steps:
        raise RejectedCalculation(file, "its last step holds no electronic steps", "Repeat the run.")
    limit = run.parameters.get("NELM", 60)
    if not run.converged_electronic:
        reason = f"electronic convergence not reached in {len(steps)} of NELM = {limit} steps"
        raise RejectedCalculation(file, reason, "Continue the run, with larger NELM or other mixing.")
    if not run.converged_ionic:
        done, limit = len(run.ionic_steps), run.parameters.get("NSW")
        reason = f"ionic convergence not reached in {done} of NSW = {limit} steps"
        raise RejectedCalculation(file, reason, "Continue the relaxation from CONTCAR.")
    _energies_settled(file, run, steps)
    if is_relaxation(run):
        _forces_settled(file, run)


def _energies_settled(file: Path, run: Vasprun, steps: list[dict[str, Any]]) -> None:
    # A run ended by STOPCAR closes its XML properly and has used fewer than NELM steps.
    energies = [step["e_fr_energy"] for step in steps if "e_fr_energy" in step]
    dispersion = run.parameters.get("LUSE_VDW") or run.parameters.get("IVDW") or run.incar.get("IVDW")
    if len(energies) < 2 or dispersion:
        return
    change, ediff = abs(energies[-1] - energies[-2]), run.parameters.get("EDIFF", 1e-4)
    if not change <= _SLACK * abs(ediff) + 1e-8:
        reason = f"electronic loop stopped early: last change {change:.2g} eV, expected EDIFF = {ediff:g}"
        raise RejectedCalculation(file, reason, "Was it stopped (STOPCAR)? Continue the run.")


def _forces_settled(file: Path, run: Vasprun) -> None:
    limit = -float(run.parameters.get("EDIFFG", 0))
    last = run.ionic_steps[-1]
    if limit <= 0 or "forces" not in last:
        return
    forces: NDArray[np.float64] = np.asarray(last["forces"], dtype=float)
    free = run.final_structure.site_properties.get("selective_dynamics")
    if free is not None:
        forces = np.where(np.asarray(free, dtype=bool), forces, 0.0)
    largest = float(np.sqrt((forces**2).sum(axis=1)).max())
    if not largest <= 1.05 * limit:
        reason = f"ionic relaxation stopped early: force {largest:.3g} eV/Å left, expected {limit:g}"
        raise RejectedCalculation(file, reason, "Was it stopped (STOPCAR)? Continue from CONTCAR.")
