"""One run in the output of AkaiKKR."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SETTING = re.compile(r"\b([\w/]+)= *(\S+)")
_TYPE = re.compile(r"^ +type=(\S+) +rmt=[^\n]*\n((?: +component=[^\n]*\n)+)", re.M)
_COMPONENT = re.compile(r"anclr= *([\d.]+) +conc= *([\d.]+)")
_POSITION = re.compile(r"\n +position=[^\n]*type=(\S+)")
_ITERATION = re.compile(r"\n +itr= *\d+ +neu= *\S+ +moment= *(\S+) +te= *\S+ +err= *\S+(?= *\n)")
_FIXED = r"(-?\d+\.\d{4})"
_LAST = re.compile(rf"\n +itr= *\d+ +neu *{_FIXED} +chr,spn *{_FIXED} *{_FIXED} +intc,ints *{_FIXED} *{_FIXED} *\n")
_ENERGY = re.compile(r"total energy= *(-?[\d.]+) *\n")
_VOLUME = re.compile(r"unit cell volume= *([\d.]+)\(a\.u\.\)")
_BLOCK = re.compile(r"\*\*\* type-\S+ +\S+ +\(z= *[\d.]+\) \*\*\*")
_MOMENT = re.compile(r"\n +spin moment= *(-?[\d.]+) +orbital moment= *(-?[\d.]+) *\n")
_CORE = re.compile(r"core configuration for Z= *(\d+)\n +state +([^\n]+)\n +up +([^\n]+)\n +down +([^\n]+)\n")

Components = list[tuple[float, float]]


@dataclass(frozen=True)
class AkaiRun:
    """What one run says.

    Parameters
    ----------
    settings
        Input as echoed: ``go``, ``magtyp``, ``sdftyp``, ``ncmpx``, ….
    types
        Type of site → nuclear charge and concentration of each of its components.
    positions
        Type of every site in the cell.
    volume
        Of the cell in a.u.³.
    energy
        Of the cell in Ry.
    iterations
        Total moment after every iteration in μB.
    last
        Total moment of the cell and its interstitial part in μB after the last iteration; None without it.
    moments
        Spin and orbital moment in μB of every component, in the order of `types`.
    f_in_core
        Elements of which the core holds 4f electrons.
    not_converged
        It says so.
    """

    settings: dict[str, str]
    types: dict[str, Components]
    positions: list[str]
    volume: float
    energy: float
    iterations: list[float]
    last: tuple[float, float] | None
    moments: list[tuple[float, float]]
    f_in_core: frozenset[str]
    not_converged: bool

    @classmethod
    def parsed(cls, text: str) -> AkaiRun:
        """Parse the part of an output from ``data read in`` to the next run.

        Raises
        ------
        ValueError
            Concentrations of a site do not add up to 1, or a number is not readable.
        """
        volumes, last, energies = _VOLUME.findall(text), _LAST.findall(text), _ENERGY.findall(text)
        blocks = _BLOCK.split(text)[1:]
        found = [_MOMENT.search(block) for block in blocks]
        return cls(
            settings=dict(_SETTING.findall(text.partition("complex energy mesh")[0])),
            types={name: _components(name, rows) for name, rows in _TYPE.findall(text)},
            positions=_POSITION.findall(text),
            volume=float(volumes[-1]) if volumes else float("nan"),
            energy=float(energies[-1]) if energies else float("nan"),
            iterations=[float(moment) for moment in _ITERATION.findall(text)],
            last=(float(last[-1][2]), float(last[-1][4])) if last else None,
            moments=[(float(match[1]), float(match[2])) for match in found if match],
            f_in_core=_f_in_core(text),
            not_converged=re.search(r"no +convergence", text, re.I) is not None,
        )

    def composition(self) -> dict[str, float]:
        """Return element → atoms in the cell; empty spheres and vacancies (Z = 0) are no atoms."""
        amounts: dict[str, float] = {}
        for name in self.positions:
            for charge, concentration in self.types[name]:
                for symbol, share in _elements(charge).items():
                    amounts[symbol] = round(amounts.get(symbol, 0.0) + share * concentration, 8)
        return {symbol: amount for symbol, amount in amounts.items() if amount > 0}

    def site_moments(self) -> list[float]:
        """Return the spin moment of every site in μB: its components weighted by their concentrations."""
        return self._weighted(0)

    def orbital_moment(self) -> float:
        """Return the orbital moment of the cell in μB, weighted like the spin moments."""
        return sum(self._weighted(1))

    def _weighted(self, which: int) -> list[float]:
        values = iter(self.moments)
        of_type = {
            name: sum(concentration * next(values)[which] for _, concentration in components)
            for name, components in self.types.items()
        }
        return [of_type[name] for name in self.positions]


def _components(name: str, rows: str) -> Components:
    found = [(float(charge), float(share)) for charge, share in _COMPONENT.findall(rows)]
    total = sum(share for _, share in found)
    if not found or abs(total - 1.0) > 1e-3:
        raise ValueError(f"concentrations of type {name} add up to {total:g}, expected 1")
    return found


def _elements(charge: float) -> dict[str, float]:
    """Return what a nuclear charge stands for; a fractional one is a virtual crystal, as in Elk."""
    from pymatgen.core.periodic_table import Element

    below = int(charge + 1e-6)
    share = charge - below
    if share < 1e-6:
        return {Element.from_Z(below).symbol: 1.0} if below else {}
    return {Element.from_Z(below).symbol: 1.0 - share, Element.from_Z(below + 1).symbol: share}


def _f_in_core(text: str) -> frozenset[str]:
    found = set()
    for charge, states, up, down in _CORE.findall(text):
        column = states.split().index("4f")
        if any(int(row.split()[column]) for row in (up, down)):
            found |= set(_elements(float(charge)))
    return frozenset(found)
