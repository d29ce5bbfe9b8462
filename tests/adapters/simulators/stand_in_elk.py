"""Stands in for Elk: reads elk.in and its species, writes what Elk would leave. Standard library only.

First argument: what happens. ``well``; ``unconverged`` and ``broken`` (status 0, as Elk itself); ``crash`` (status 9);
``hang`` (until killed, with a child); ``greedy`` (takes memory); ``once`` (hangs the first time, ends well the second).
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BOX = "+----------------------------+"


def moment(charge: float) -> float:
    """Of one atom in μB; a parabola with its maximum at Fe0.7Co0.3."""
    x = charge - 26
    return 2.3 - (x - 0.3) ** 2


def species() -> list[tuple[str, float, int]]:
    lines = [line.strip() for line in Path("elk.in").read_text().splitlines()]
    rest = iter(lines[lines.index("atoms") + 1 :])
    found = []
    for _ in range(int(next(rest))):
        name, atoms = next(rest).strip("'"), int(next(rest))
        for _ in range(atoms):
            next(rest)
        charge = re.search(r"-(\d+\.\d+) +: spzn", Path(name).read_text())
        assert charge is not None
        found.append((name.removesuffix(".in"), float(charge[1]), atoms))
    return found


def info(total: float, converged: bool) -> str:
    blocks = "".join(
        f"\nSpecies :    {number} ({symbol})\n nuclear charge    :   {-charge:.8f}\n atomic positions :\n"
        + "".join(f"   {atom + 1} :   0.0 0.0 0.0\n" for atom in range(atoms))
        for number, (symbol, charge, atoms) in enumerate(species(), 1)
    )
    count = sum(atoms for *_, atoms in species())
    target = "Convergence targets achieved" if converged else "Reached self-consistent loops maximum"
    return f"""{BOX}
| Elk version 8.4.30 started |
{BOX}

Unit cell volume      :    78.93337544
{blocks}
Total number of atoms per unit cell :    {count}

Spin treatment :
 spin-polarised
 collinear magnetisation in z-direction

k-point grid :     10    10    10

Exchange-correlation functional :     20     0     0

| Self-consistent loop started |

| Loop number :    1 |

Energies :
 total energy : -1270.5

Moments :
   atom    1                 :   {-total:.9f}
 total in muffin-tins        :   {-total:.9f}
 total moment                :   {-total:.9f}

{target}

{BOX}
| Elk version 8.4.30 stopped |
{BOX}
"""


def main(what: str) -> None:
    print("Elk code version 8.4.30 started", flush=True)
    seen = Path("../seen")
    if what == "hang" or (what == "once" and not seen.exists()):
        seen.touch()
        while True:  # who kills a tree may begin with its leaves
            subprocess.run([sys.executable, "-I", "-c", "import time; time.sleep(600)"], check=False)
    if what == "greedy":
        print(len(bytearray(4 << 30)))
    if what == "crash":
        print("something went wrong", file=sys.stderr)
        sys.exit(9)
    if what == "broken":
        print("\nError(readinput): invalid block name")
        return
    total = sum(atoms * moment(charge) for _, charge, atoms in species())
    Path("MOMENT.OUT").write_text(f" {-total:.9f}\n")
    Path("INFO.OUT").write_text(info(total, converged=what != "unconverged"))


if __name__ == "__main__":
    main(sys.argv[1])
