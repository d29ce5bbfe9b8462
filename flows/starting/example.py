"""A made-up material, for whoever wants to see the loop before they have data."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TITLE = "A made-up material: which share of cobalt gives the largest magnetization?"
_SEED = 0


def write_example(folder: Path) -> tuple[Path, Path]:
    """Write calculations on all of [0, 1], and fewer measurements, lower by a straight line; both curves with noise.

    Parameters
    ----------
    folder
        Exists.

    Returns
    -------
    measurements, calculations
        The files.
    """
    rng = np.random.default_rng(_SEED)
    dense, sparse = np.linspace(0, 1, 41), np.linspace(0, 1, 21)
    calculated = _curve(dense) + rng.normal(0, 0.005, dense.size)
    measured = _curve(sparse) - 0.35 + 0.25 * sparse + rng.normal(0, 0.02, sparse.size)
    return (
        _written(folder / "own_measurements.csv", sparse, measured),
        _written(folder / "own_calculations.csv", dense, calculated),
    )


def _curve(x: np.ndarray) -> np.ndarray:
    return 2.2 + 0.9 * x - 1.5 * x**2


def _written(file: Path, x: np.ndarray, values: np.ndarray) -> Path:
    rows: list[Sequence[str]] = [("cobalt", "value", "unit", "note")]
    rows += [(f"{a:g}", f"{b:.3f}", "T", "made up") for a, b in zip(x, values, strict=True)]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return file
