"""AkaiKKR (KKR-CPA): its standard output, which may hold several runs and splits every site into components."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.dft.akaikkr_run import AkaiRun
from adapters.dft.calculation import Calculation
from adapters.dft.cell import joined
from adapters.dft.compressed import opened
from adapters.dft.espresso import BOHR, HARTREE
from adapters.dft.form import Form
from adapters.dft.plausible import OPEN_4F
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

TOLERANCE = 0.002
"""μB per site by which the total and the weighted sum over components may differ (printed with four decimals)."""

_FUNCTIONALS = {"mjw": "LDA (MJW)", "vbh": "LDA (vBH)", "vwn": "LDA (VWN)", "pbe": "PBE", "gga91": "PW91", "ev": "EV"}
_SELF_CONSISTENT = ("go", "fsm")
_END = re.compile(r"\n +elapsed time +\S+ sec( *\( *\d+ threads?\))? *\n\s*\Z")


def files(main: Path) -> tuple[Path, ...]:
    """Return the output alone."""
    return (main,)


def read(found: tuple[Path, ...]) -> Calculation:
    """Read the last self-consistent run of an AkaiKKR output.

    Parameters
    ----------
    found
        Standard output of ``specx``.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if the last self-consistent run says *no
        convergence*, if components are missing or their weighted sum is not the total moment, or if the runs
        in the file are of different cells.
    """
    file = found[0]
    with opened(file) as stream:
        text = stream.read().decode("utf-8", errors="replace").replace("\r\n", "\n")
    _finished(file, text)
    runs = [AkaiRun.parsed(part) for part in re.split(r"\n +data read in *\n", text)[1:]]
    chosen = [run for run in runs if run.settings.get("go") in _SELF_CONSISTENT]
    if not chosen:
        kinds = ", ".join(sorted({run.settings.get("go", "?") for run in runs})) or "nothing"
        reason = f"no self-consistent run in it (go = {kinds}), expected go or fsm"
        raise RejectedCalculation(file, reason, "Pass the output of the self-consistent calculation.")
    _same_cell(file, chosen)
    run = chosen[-1]
    _usable(file, run)
    _cross_checked(file, run)
    several = (f"last of {len(chosen)} self-consistent runs in the file",) if len(chosen) > 1 else ()
    return _calculation(run, several)


def _finished(file: Path, text: str) -> None:
    if failed := re.search(r"^ *\*+ *err.*$", text, re.M | re.I):
        reason = f"the run failed: it says '{failed[0].strip()}'"
        raise RejectedCalculation(file, reason, "Correct the input and calculate again.")
    if not _END.search(text):
        reason = "truncated or still running: it does not end with 'elapsed time … sec'"
        raise RejectedCalculation(file, reason, "Wait for the run to end, or copy the file again.")


def _same_cell(file: Path, runs: list[AkaiRun]) -> None:
    cells = {(joined(run.composition())[0], run.volume) for run in runs}
    if len(cells) > 1:
        names = ", ".join(f"{formula} ({volume:.2f} a.u.³)" for formula, volume in sorted(cells))
        reason = f"several calculations in one file: {names}"
        raise RejectedCalculation(file, reason, "Write each to a file of its own, and pass one.")


def _usable(file: Path, run: AkaiRun) -> None:
    again = "Calculate with magtyp = mag until it converges (larger maxitr, other pmix)."
    kind = run.settings.get("magtyp", "")
    for wrong, reason in (
        (kind == "nmag", "not spin-polarized (magtyp = nmag): it has no moment"),
        (kind == "lmd", "local moment disorder (magtyp = lmd): a paramagnet, its moments cancel by construction"),
        (run.not_converged, "electronic convergence not reached: it says 'no convergence'"),
        (run.last is None, "it holds no total moment ('chr,spn') behind its iterations"),
        (not run.iterations, "it holds no iterations ('itr= … moment= …')"),
    ):
        if wrong:
            raise RejectedCalculation(file, reason, again)


def _cross_checked(file: Path, run: AkaiRun) -> None:
    remedy = "Copy the file again, or calculate again."
    expected = [int(run.settings.get(name, -1)) for name in ("ntyp", "natm", "ncmpx")]
    listed = [len(run.types), len(run.positions), sum(len(one) for one in run.types.values())]
    if listed != expected:
        reason = f"it lists {listed} types, atoms and components, expected {expected} (ntyp, natm, ncmpx)"
        raise RejectedCalculation(file, reason, remedy)
    if len(run.moments) != expected[2]:
        reason = f"it holds the moments of {len(run.moments)} components, expected ncmpx = {expected[2]}"
        raise RejectedCalculation(file, reason, remedy)
    total, interstitial = run.last or (float("nan"), float("nan"))
    parts = sum(run.site_moments()) + interstitial
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(parts - total) <= TOLERANCE * expected[1] or not abs(run.iterations[-1] - total) <= TOLERANCE:
        reason = (
            f"its total moment {total:.4f} μB is not the concentration-weighted sum of its components,"
            f" {parts:.4f} μB, or not that of its last iteration, {run.iterations[-1]:.4f} μB"
        )
        raise RejectedCalculation(file, reason, remedy)


def _calculation(run: AkaiRun, several: tuple[str, ...]) -> Calculation:
    formula, composition = joined(run.composition())
    functional = run.settings["sdftyp"].removesuffix("asa")
    orbital = run.orbital_moment()
    return Calculation(
        moment_per_cell=run.last[0] if run.last else float("nan"),
        formula=formula,
        composition=composition,
        n_atoms=len(run.positions),
        volume=run.volume * BOHR**3,
        energy=run.energy * HARTREE / 2,
        code="AkaiKKR",
        code_version="not stated",
        functional=_FUNCTIONALS.get(functional, functional.upper()),
        k_mesh=None,
        frozen_4f=tuple(sorted(run.f_in_core & OPEN_4F)),
        moment_is_fixed=run.settings.get("go") == "fsm",
        site_moments=tuple(run.site_moments()),
        remarks=(
            f"k-points of bzqlty {run.settings.get('bzqlty')}",
            *(("atomic sphere approximation",) if run.settings["sdftyp"].endswith("asa") else ()),
            *((f"orbital moment {orbital:.4f} μB per cell, not included",) if abs(orbital) > 1e-4 else ()),
            *several,
        ),
    )


FORM = Form(
    name="AkaiKKR",
    file_name=r"(?!)",
    signature=rb"\n +meshr +mse +ng +mxl",
    files=files,
    read=read,
)
"""How the standard output of specx is recognised and read."""
