"""What Abinit's main output says about the convergence of one dataset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.dft.compressed import opened
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE = rb"\.Version +\S+ +of ABINIT"

_DATASET = re.compile(r"^== DATASET +(\d+) =+$", re.M)
_SETTLED = re.compile(r"(etot is|forces are) converged :|=> *converged")
_EXACT = re.compile(r"Total magnetization \(exact up - dn\): +(-?[\d.]+)")


@dataclass(frozen=True)
class AbinitText:
    """One dataset of a main output.

    Parameters
    ----------
    converged
        The self-consistent loop reached its tolerance.
    relaxed
        The structural relaxation did.
    moment
        Total magnetization of the cell in μB, signed; None where it is not printed.
    """

    converged: bool
    relaxed: bool
    moment: float | None


def read_text(file: Path, dataset: int) -> AbinitText:
    """Read the part of one dataset.

    Raises
    ------
    RejectedCalculation
        The file does not end as a finished run does, or has no such dataset.
    """
    with opened(file) as stream:
        text = stream.read().decode("utf-8", errors="replace").replace("\r\n", "\n")
    if not re.search(r"^ Calculation completed\.\n(?:.*\n)*?\+Overall time at end .*\n\s*\Z", text, re.M):
        reason = "truncated or still running: no 'Calculation completed.' and overall time at its end"
        raise RejectedCalculation(file, reason, "Wait for the run to end or calculate again.")
    parts = _DATASET.split(text)
    sections = {int(number): part for number, part in zip(parts[1::2], parts[2::2], strict=True)}
    if dataset not in sections:
        reason = f"it has no dataset {dataset}, only {', '.join(map(str, sections)) or 'none'}"
        raise RejectedCalculation(file, reason, "Put the outputs of one run together.")
    section = sections[dataset].partition("== END DATASET(S)")[0]
    moments = _EXACT.findall(section)
    settled = max((match.end() for match in _SETTLED.finditer(section)), default=-1)
    return AbinitText(
        converged=settled > section.rfind("was not enough SCF cycles to converge"),
        relaxed="gradients are converged" in section,
        moment=float(moments[-1]) if moments else None,
    )
