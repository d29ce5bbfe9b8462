"""VASP's OSZICAR: it never yields a moment, but it can contradict one.

It says neither whether the run converged nor what it calculated, and its last number may be cut: pymatgen's
``Oszicar`` reads ``mag= 1`` of a file that ended in the middle of ``mag= 12.0000``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.dft.compressed import opened
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

_STEP = re.compile(rb"^ *(\d+) +(?:T= +\S+ +E= +\S+ +)?F= +(\S+) .*?(?:mag= +(\S+(?: +\S+)*?))? *\r?\n$")


def last_moment(file: Path, steps: int) -> float:
    """Return the moment of the last ionic step.

    Parameters
    ----------
    file
        OSZICAR, compressed or not.
    steps
        Ionic steps that the other files of the run tell of.

    Returns
    -------
    float
        Total moment of the cell in μB, signed.

    Raises
    ------
    RejectedCalculation
        It does not end with the line of an ionic step, or it holds another number of steps, or no single
        moment: it is truncated, still being written, or of another run.
    """
    with opened(file) as stream:
        lines = [line for line in stream if line.strip()]
    ended = [match for line in lines if (match := _STEP.match(line))]
    remedy = "Wait for the run to end, copy all files of the run again, or take OSZICAR out of the folder."
    if not lines or not _STEP.match(lines[-1]):
        reason = "truncated or still running: it does not end with a whole line 'F= … mag= …'"
        raise RejectedCalculation(file, reason, remedy)
    if len(ended) != steps:
        reason = f"truncated or of another run: {len(ended)} ionic steps, the other files of the run hold {steps}"
        raise RejectedCalculation(file, reason, remedy)
    moments = (ended[-1][3] or b"").split()
    if len(moments) != 1:
        reason = f"{len(moments)} moments at its end ('mag='), expected one"
        raise RejectedCalculation(file, reason, "Calculate collinear, with ISPIN = 2.")
    return float(moments[0])


def inspect(file: Path) -> None:
    """Say of an OSZICAR alone what is wrong with it besides being alone.

    Raises
    ------
    RejectedCalculation
        It is cut, or its last step has no moment.
    """
    with opened(file) as stream:
        content = stream.read()
    last_moment(file, len([1 for line in content.splitlines(keepends=True) if _STEP.match(line)]))
