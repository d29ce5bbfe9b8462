"""How many iterations pairs of rules need on the search D3 (method.md 6), compared in pairs on the same problems.

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/policy_search.py --count 100 --seed 77 ucb/toward_optimum/5``; a pair is
experiment rule / calculation rule / calculations an iteration, "default" names the recommended pair. Every line is
median, quartiles, mean, worst, and the mean difference to the first pair of the same m with its standard error.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from loop.problems import hunts


def iterations(pair: str, count: int, seed: int) -> tuple[int, np.ndarray]:
    """Run the searches of one pair."""
    experiment, calculation, calculations = (pair.replace("default", "None/None")).split("/")
    found = hunts(
        count, seed, calculations=int(calculations),
        experiment_rule=None if experiment == "None" else experiment,
        calculation_rule=None if calculation == "None" else calculation,
    )  # fmt: skip
    return int(calculations), np.array([each.iterations for each in found])


def main() -> None:
    """Run the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args()
    first: dict[int, np.ndarray] = {}
    for pair in options.pairs:
        start = time.process_time()
        m, found = iterations(pair, options.count, options.seed)
        difference = found - first.setdefault(m, found)
        error = difference.std(ddof=1) / np.sqrt(len(found)) if len(found) > 1 else float("nan")
        low, median, high = np.percentile(found, [25, 50, 75])
        sys.stdout.write(
            f"{pair:45s} n = {len(found)}: {median:4.1f} [{low:4.1f}, {high:4.1f}] mean {found.mean():5.2f}"
            f" worst {found.max():2d}  {difference.mean():+5.2f} ± {error:.2f}  {time.process_time() - start:.0f} s\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
