"""Outputs of calculations that were never run, as the codes would have written them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "fixtures"

FOOTER = """
 General timing and accounting informations for this job:
 ========================================================

                  Total CPU time used (sec):       77.364
                         Elapsed time (sec):       82.848

                   Maximum memory used (kb):       94012.

                          Minor page faults:        13478
                          Major page faults:           72
                 Voluntary context switches:         1441
"""


def _tag(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return f'<i type="logical" name="{name}"> {"T" if value else "F"}  </i>'
    if isinstance(value, int):
        return f'<i type="int" name="{name}">{value:6d}</i>'
    if isinstance(value, str):
        return f'<i type="string" name="{name}">{value}</i>'
    if isinstance(value, list):
        return f'<v name="{name}">{" ".join(f"{v:15.8f}" for v in value)}</v>'
    return f'<i name="{name}">{value:16.8f}</i>'


def _rows(name: str, rows: list[list[float]]) -> str:
    body = "\n".join(f" <v> {' '.join(f'{x:16.8f}' for x in row)} </v>" for row in rows)
    return f'<varray name="{name}" >\n{body}\n</varray>'


def _energy(value: float) -> str:
    names = ("e_fr_energy", "e_wo_entrp", "e_0_energy")
    body = "".join(f'<i name="{name}">{value:16.8f} </i>' for name in names)
    return f"<energy>{body}</energy>"


@dataclass
class VaspRun:
    """A spin-polarized run on a cubic cell; every field may be changed before it is written.

    Two k-points of weights 1/4 and 3/4 and four bands. By default spin up holds 3 + 0.25·0.8 + 0.75·0.4
    = 3.5 electrons and spin down 1.5: a moment of 2 μB from 5 electrons.
    """

    atoms: list[str] = field(default_factory=lambda: ["Fe"])
    titles: list[str] = field(default_factory=lambda: ["PAW_PBE Fe 06Sep2000"])
    side: float = 3.0
    weights: list[float] = field(default_factory=lambda: [0.25, 0.75])
    up: list[list[float]] = field(default_factory=lambda: [[1, 1, 1, 0.8], [1, 1, 1, 0.4]])
    down: list[list[float]] | None = field(default_factory=lambda: [[1, 0.6, 0, 0], [1, 0.4666666667, 0, 0]])
    eigenvalues: bool = True
    ionic: list[list[float]] = field(default_factory=lambda: [[-8.0, -8.2, -8.21, -8.2100001]])
    force: float = 0.001
    style: str = "Gamma"
    tags: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        start = [2.0] * len(self.atoms)
        base: dict[str, Any] = {
            "ENMAX": 400.0, "EDIFF": 1e-5, "NELECT": 5.0, "ISMEAR": 1, "ICHARG": 2, "ISPIN": 2,
            "LNONCOLLINEAR": False, "LSORBIT": False, "MAGMOM": start, "NUPDOWN": -1.0, "NELM": 60, "NSW": 0,
            "IBRION": -1, "EDIFFG": -0.01, "LMETAGGA": False, "GGA": "--", "LHFCALC": False, "AEXX": 0.0,
            "HFSCREEN": 0.0, "LDAU": False, "LUSE_VDW": False,
        }  # fmt: skip
        return base | self.tags

    def xml(self) -> str:
        tags = "\n".join(_tag(name, value) for name, value in self.parameters.items())
        steps = "\n".join(self._calculation(i) for i in range(len(self.ionic)))
        return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
<generator><i name="program" type="string">vasp </i><i name="version" type="string">6.4.2  </i></generator>
<incar>{_tag("ISPIN", 2)}</incar>
{self._kpoints()}
<parameters><separator name="general" >{_tag("SYSTEM", "made up")}</separator>
{tags}
</parameters>
{self._atominfo()}
{self._structure("initialpos")}
{steps}
{self._structure("finalpos")}
</modeling>
"""

    def outcar(self, moment: float = 2.0, *, footer: str = FOOTER, last: str = "EDIFF is reached") -> str:
        relaxed = " reached required accuracy - stopping structural energy minimisation\n"
        sites = "\n".join(f"    {i + 1}       -0.014  -0.051   1.687   1.621" for i in range(len(self.atoms)))
        return f""" vasp.6.4.2 20Jul23 (build Jul 20 2023 12:00:00) complex
{self._outcar_header()}
----------------------------------------- Iteration    1(   1)  ---------------------------------------
 number of electron       5.0000000 magnetization       5.0000000
 number of electron       4.9999990 magnetization      {moment:10.7f}
------------------------ aborting loop because {last} ------------------------

 magnetization (x)

# of ion       s       p       d       tot
------------------------------------------
{sites}
--------------------------------------------------
tot          -0.014  -0.051   1.687   1.621

  volume of cell :       {self.side**3:.2f}
      direct lattice vectors                 reciprocal lattice vectors
{self._lattice()}
  energy  without entropy=       -8.21000000  energy(sigma->0) =       -8.21000010
{relaxed if self.parameters["NSW"] > 1 else ""}{footer}"""

    def oszicar(self, moment: float = 2.0) -> str:
        """One line an electronic step and one an ionic step, as VASP writes them."""
        text = "       N       E                     dE             d eps       ncg     rms          rms(c)\n"
        for step, energies in enumerate(self.ionic, start=1):
            for i, energy in enumerate(energies, start=1):
                text += f"DAV: {i:3d} {energy:20.12E}   -0.15328E+04   -0.13969E+04 32708   0.499E+02\n"
            value = 5.0 if step < len(self.ionic) else moment
            text += f"{step:4d} F= -.82100001E+01 E0= -.82100000E+01  d E =-.151240E-04  mag={value:11.4f}\n"
        return text

    def _outcar_header(self) -> str:
        kinds = list(dict.fromkeys(self.atoms))
        potentials = "\n".join(
            f"   VRHFIN ={kind}:  d7 s1\n   LEXCH  = PE\n   TITEL  = {title}"
            for kind, title in zip(kinds, self.titles, strict=True)
        )
        counts = "".join(f"{self.atoms.count(kind):4d}" for kind in kinds)
        words = {True: "T", False: "F"}
        tags = "\n".join(
            f"   {name:<6} = {words.get(value, value) if isinstance(value, bool) else value}    as used"
            for name, value in self.parameters.items()
            if name != "MAGMOM"
        )
        return f"""{potentials}
 generate k-points for:    8    8    6
   k-points           NKPTS = {len(self.weights):6d}   k-points in BZ     NKDIM =      2
   ions per type =            {counts}
 Startparameter for this run:
{tags}"""

    def _lattice(self) -> str:
        rows = [[self.side if i == j else 0.0 for j in range(3)] for i in range(3)]
        inverse = [[1 / self.side if i == j else 0.0 for j in range(3)] for i in range(3)]
        both = zip(rows, inverse, strict=True)
        return "\n".join(f"   {''.join(f'{x:13.9f}' for x in (*row, *other))}" for row, other in both)

    def write(self, folder: Path, outcar: str | None = "") -> Path:
        """Write vasprun.xml and OUTCAR (None: no OUTCAR, "": one that fits)."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vasprun.xml").write_text(self.xml())
        if outcar is not None:
            (folder / "OUTCAR").write_text(outcar or self.outcar())
        return folder

    def _kpoints(self) -> str:
        points = [[0.125 * i, 0.0, 0.0] for i in range(len(self.weights))]
        divisions = '<v type="int" name="divisions">       8        8        6 </v>'
        generation = f'<generation param="{self.style}">\n{divisions}\n</generation>' if self.style else ""
        weights = _rows("weights", [[w] for w in self.weights])
        return f"<kpoints>\n{generation}\n{_rows('kpointlist', points)}\n{weights}\n</kpoints>"

    def _atominfo(self) -> str:
        kinds = list(dict.fromkeys(self.atoms))
        atoms = "".join(f"<rc><c>{a}</c><c>{kinds.index(a) + 1:4d}</c></rc>\n" for a in self.atoms)
        types = "".join(
            f"<rc><c>{self.atoms.count(kind)}</c><c>{kind}</c><c> 55.84</c><c> 8.0</c><c> {title} </c></rc>\n"
            for kind, title in zip(kinds, self.titles, strict=True)
        )
        return f"""<atominfo><atoms> {len(self.atoms)} </atoms><types> {len(kinds)} </types>
<array name="atoms" ><dimension dim="1">ion</dimension><field type="string">element</field>
<field type="int">atomtype</field><set>
{atoms}</set></array>
<array name="atomtypes" ><dimension dim="1">type</dimension><field type="int">atomspertype</field><set>
{types}</set></array></atominfo>"""

    def _structure(self, name: str = "") -> str:
        basis = [[self.side if i == j else 0.0 for j in range(3)] for i in range(3)]
        places = [[i / len(self.atoms), 0.5 * (i % 2), 0.0] for i in range(len(self.atoms))]
        named = f' name="{name}"' if name else ""
        return f"""<structure{named} ><crystal>
{_rows("basis", basis)}
<i name="volume"> {self.side**3:16.8f} </i></crystal>
{_rows("positions", places)}</structure>"""

    def _calculation(self, step: int) -> str:
        energies = self.ionic[step]
        scsteps = "\n".join(f"<scstep>{_energy(e)}</scstep>" for e in energies)
        forces = _rows("forces", [[self.force, 0.0, 0.0] for _ in self.atoms])
        is_last = step == len(self.ionic) - 1
        bands = self._bands() if self.eigenvalues and is_last else ""
        end = f"{_energy(energies[-1] if energies else 0.0)}\n{bands}\n</calculation>"
        return f"<calculation>\n{scsteps}\n{self._structure()}\n{forces}\n{end}"

    def _bands(self) -> str:
        spins = [self.up] if self.down is None else [self.up, self.down]
        body = ""
        for s, occupations in enumerate(spins):
            body += f'<set comment="spin {s + 1}">\n'
            for k, row in enumerate(occupations):
                lines = "\n".join(f"<r> {-5.0 + 2 * b:9.4f} {occ:9.4f} </r>" for b, occ in enumerate(row))
                body += f'<set comment="kpoint {k + 1}">\n{lines}\n</set>\n'
            body += "</set>\n"
        return f"""<eigenvalues><array><dimension dim="1">band</dimension>
<dimension dim="2">kpoint</dimension>
<dimension dim="3">spin</dimension><field>eigene</field><field>occ</field><set>
{body}</set></array></eigenvalues>"""


@pytest.fixture
def vasp() -> type[VaspRun]:
    return VaspRun


EveryCut = Callable[[Path, Path, int], None]


@pytest.fixture
def every_cut() -> EveryCut:
    """Assert that a file cut at chosen places is refused, and that it is read whole."""

    def check(file: Path, asked: Path, cuts: int) -> None:
        content = file.read_bytes()
        whole = len(content) if file.suffix in {".gz", ".bz2", ".xz"} else len(content.rstrip())
        chance = random.Random(whole)
        places = {*range(3), *(chance.randrange(whole) for _ in range(cuts)), *range(whole - cuts // 3, whole)}
        for length in sorted(place for place in places if place >= 0):
            file.write_bytes(content[:length])
            with pytest.raises(RejectedCalculation):
                pytest.fail(f"cut at byte {length} of {whole}: {read_calculation(asked)}")
        file.write_bytes(content)
        read_calculation(asked)

    return check


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"real output files are not here: {SHARED}")
    return SHARED
