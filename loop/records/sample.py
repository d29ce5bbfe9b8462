"""What was made and measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample, and how well it is known to be what was asked for. Empty where nothing is said of it.

    Parameters
    ----------
    id
        Our own name of it; see :func:`sample_id`.
    laboratory_id
        What the laboratory calls it.
    parent
        The sample that it was cut from or made of.
    position
        Its place in a library or on a wafer.
    composition_method
        How its composition was measured (EDX, ICP); empty where it is taken to be the one asked for.
    x_uncertainty
        Standard uncertainties of the realised design point, in the order of the campaign's variables; None where the
        composition was not measured. The point itself is that of the observation.
    phase_fraction, phase_fraction_uncertainty
        Share of the phase that was wanted (XRD), 0 to 1, and its standard uncertainty; None where not stated.
    """

    id: str = ""
    laboratory_id: str = ""
    parent: str = ""
    position: str = ""
    composition_method: str = ""
    x_uncertainty: tuple[float, ...] | None = None
    phase_fraction: float | None = None
    phase_fraction_uncertainty: float | None = None


def sample_id(request_id: str) -> str:
    """Our own name of the sample that a request asks to be made."""
    return f"S-{request_id}"
