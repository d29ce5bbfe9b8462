"""What the search D3 (method.md 6) costs until it is found: calculations by cost against fixed numbers of them.

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/allocation.py --count 24 --seed 55``. For every ratio of the cost of an
experiment to that of a calculation: the median and mean cost until found, in experiments, of the allocation by cost and
of every fixed number of calculations an experiment, on the same problems; and the mean difference to the allocation by
cost with its standard error. A search that is not found counts with what it spent.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from loop.problems import hunts


def spent(ratio: float, found: list[tuple[int, int]]) -> np.ndarray:
    """Cost in experiments of searches of so many iterations and calculations."""
    return np.array([iterations + calculations / ratio for iterations, calculations in found])


def main() -> None:
    """Run the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=55)
    parser.add_argument("--ratios", type=float, nargs="+", default=[100.0, 10.0, 1.0, 0.1])
    parser.add_argument("--fixed", type=int, nargs="+", default=[0, 1, 5, 10, 100])
    options = parser.parse_args()
    fixed = {
        m: [(each.iterations, each.calculations) for each in hunts(options.count, options.seed, calculations=m)]
        for m in options.fixed
    }
    for ratio in options.ratios:
        run = hunts(options.count, options.seed, costs=(ratio, 1.0))
        ours = spent(ratio, [(each.iterations, each.calculations) for each in run])
        sys.stdout.write(f"ratio {ratio:6g} by cost : median {np.median(ours):7.2f} mean {ours.mean():7.2f}\n")
        for m, found in fixed.items():
            other = spent(ratio, found)
            more = other - ours
            error = more.std(ddof=1) / np.sqrt(len(more)) if len(more) > 1 else float("nan")
            sys.stdout.write(
                f"             m = {m:4d}: median {np.median(other):7.2f} mean {other.mean():7.2f}"
                f"  {more.mean():+7.2f} ± {error:.2f}\n"
            )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
