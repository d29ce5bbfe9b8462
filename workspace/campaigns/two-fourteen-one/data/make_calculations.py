"""Make calculations.csv: the stand-in calculation of the magnetization of (Nd,Pr,La,Ce)2(Fe,Co,Ni)14B.

No first-principles result exists for this family with Co or Ni, so a continuous, real and visibly biased
calculation stands in for it. A virtual crystal of bcc iron, computed with Elk, gives the moment per 3d atom
m3d as a function of the mean number of extra electrons n = delta + 2 zeta, and the rare earths
add their free-ion moments::

    M_calc = 14 m3d(delta + 2 zeta) + 2 sum_R x_R gJ J(R)        [muB per formula unit]

The points are every measured composition with n <= 1 and one colour of a checkerboard laid over the grid of
compositions. Run it anywhere: ``python make_calculations.py`` reads and writes beside itself.
"""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

from scipy.interpolate import PchipInterpolator

HERE = Path(__file__).resolve().parent
METHOD = "stand-in: Elk PBE bcc virtual crystal 3d moment + free-ion 4f moment"

FREE_ION_MOMENT = {"Nd": 36 / 11, "Pr": 16 / 5, "La": 0.0, "Ce": 0.0}
"""gJ J in Bohr magnetons; Ce counts as tetravalent, without a 4f moment."""

RARE_EARTH = (0.0, 0.25, 0.5, 0.75, 1.0)
DELTA = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
ZETA = (0.0, 0.1, 0.2, 0.3)

Composition = tuple[float, float, float, float, float]
"""alpha (Pr), beta (La), gamma (Ce), delta (Co), zeta (Ni): fractions of their sublattice."""


def read_table() -> PchipInterpolator:
    """Read the moment per 3d atom against n and interpolate it monotonically between its nine points."""
    with (HERE / "elk_bcc_fe_co.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    n = [float(row["extra_electrons"]) for row in rows]
    moment = [float(row["moment_muB_per_3d_atom"]) for row in rows]
    return PchipInterpolator(n, moment, extrapolate=False)


def measured() -> dict[Composition, str]:
    """List the measured compositions that the table reaches (n <= 1) with their formula, each once."""
    with (HERE / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points: dict[Composition, str] = {}
    for row in rows:
        a, b, g, d, z = (float(row[name]) for name in ("alpha", "beta", "gamma", "delta", "zeta"))
        if within(d, z):
            points.setdefault((a, b, g, d, z), row["formula"])
    return points


def within(delta: float, zeta: float) -> bool:
    """Whether the composition exists and the table reaches it: delta + zeta <= 1 and n <= 1."""
    return delta + zeta <= 1 + 1e-9 and delta + 2 * zeta <= 1 + 1e-9


def grid() -> list[Composition]:
    """List the grid points whose five level numbers have an even sum: half of them, every level kept."""
    levels = (RARE_EARTH, RARE_EARTH, RARE_EARTH, DELTA, ZETA)
    points: list[Composition] = []
    for index in product(*(range(len(level)) for level in levels)):
        a, b, g, d, z = (level[i] for level, i in zip(levels, index, strict=True))
        if sum(index) % 2 == 0 and a + b + g <= 1 + 1e-9 and within(d, z):
            points.append((a, b, g, d, z))
    return points


def magnetization(point: Composition, moment: PchipInterpolator) -> float:
    """Evaluate the stand-in at one composition, in Bohr magnetons per formula unit."""
    alpha, beta, gamma, delta, zeta = point
    share = {"Nd": 1 - alpha - beta - gamma, "Pr": alpha, "La": beta, "Ce": gamma}
    rare_earth = 2 * sum(share[element] * FREE_ION_MOMENT[element] for element in share)
    return 14 * float(moment(min(delta + 2 * zeta, 1.0))) + rare_earth


def formula(point: Composition) -> str:
    """Write the composition as a formula, in amounts per formula unit."""
    alpha, beta, gamma, delta, zeta = point
    rare_earth = {"La": beta, "Ce": gamma, "Pr": alpha, "Nd": 1 - alpha - beta - gamma}
    metal = {"Fe": 1 - delta - zeta, "Co": delta, "Ni": zeta}
    amounts = [(element, 2 * x) for element, x in rare_earth.items()]
    amounts += [(element, 14 * x) for element, x in metal.items()]
    shown = ((element, f"{amount:.6g}") for element, amount in amounts if amount > 1e-9)
    return "".join(element + ("" if amount == "1" else amount) for element, amount in shown) + "B"


def main() -> None:
    """Write calculations.csv beside this script."""
    moment = read_table()
    names = {point: formula(point) for point in grid()} | measured()
    header = ["id", "formula", "alpha", "beta", "gamma", "delta", "zeta", "value", "unit", "method"]
    with (HERE / "calculations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for point in sorted(names):
            name, fractions = names[point], [f"{x:.10g}" for x in point]
            value = f"{magnetization(point, moment):.4f}"
            writer.writerow([f"vca-{name}", name, *fractions, value, "muB/f.u.", METHOD])


if __name__ == "__main__":
    main()
