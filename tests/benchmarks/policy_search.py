"""How many iterations pairs of rules need on the search D3 (method.md 6), compared in pairs on the same problems.

Run ``OMP_NUM_THREADS=1 nice -n 10 python tests/benchmarks/policy_search.py --count 100 --seed 77 --processes 2 --kept
search.jsonl default/1 source_rule/1 ucb/toward_optimum/1``. A pair is experiment rule / calculation rule / calculations
an iteration; "default" names the recommended pair, "source_rule" the source's.

Every line of the table is one pair: median, quartiles, mean, worst (61: not within 60), and against the first pair of
the same m on the same problems: the mean difference with its standard error, and how often it was sooner, as soon,
later. ``--kept`` is a file to which every search is added when it is done: run again with the same file, and only what
is missing is searched. Searches kept by another state of the code do not count. Ctrl-C prints the table of what is
there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import loop
from loop.policy import rule_pair
from loop.policy.rule import PAIRS
from loop.problems import hunts

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_STUDIED = ("assimilation", "policy", "problems")


@dataclass(frozen=True)
class Search:
    """One search: which pair, which problem of which set, by which code."""

    pair: str
    number: int
    seed: int
    code: str

    @property
    def calculations(self) -> int:
        """m, calculations an iteration."""
        return int(self.pair.rsplit("/", 1)[1])

    @property
    def rules(self) -> tuple[str | None, str | None]:
        """Rules of the experiments and of the calculations; None for the recommended ones."""
        name = self.pair.rsplit("/", 1)[0]
        if name == "default":
            return None, None
        experiment, calculation = rule_pair(name) if name in PAIRS else name.split("/")
        return experiment, calculation

    def iterations(self) -> int:
        """Iterations until it is found."""
        experiment, calculation = self.rules
        (found,) = hunts(
            1, self.seed, first=self.number, calculations=self.calculations,
            experiment_rule=experiment, calculation_rule=calculation,
        )  # fmt: skip
        return found.iterations


def main() -> None:
    """Search what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--count", type=int, default=100, help="problems")
    parser.add_argument("--seed", type=int, default=77, help="of the set of problems")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--kept", type=Path, help="file of the searches done, added to")
    options = parser.parse_args()
    code = _code()
    # Problem by problem, so that what is done when it is stopped can be compared in pairs.
    wanted = [Search(pair, number, options.seed, code) for number in range(options.count) for pair in options.pairs]
    done = _kept(options.kept)
    with suppress(KeyboardInterrupt):
        for search, iterations in _searched([each for each in wanted if each not in done], options.processes):
            done[search] = iterations
            _keep(options.kept, search, iterations)
    _print(options.pairs, {each: done[each] for each in wanted if each in done})


def _searched(missing: Sequence[Search], processes: int) -> Iterator[tuple[Search, int]]:
    if not missing:
        return
    # One thread a process: the matrices are small, and threads would fight for the cores.
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    with get_context("spawn").Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        for count, found in enumerate(pool.imap_unordered(_one, missing), 1):
            sys.stderr.write(f"\r{count} of {len(missing)} searches")
            yield found
    sys.stderr.write("\n")


def _one(search: Search) -> tuple[Search, int]:
    return search, search.iterations()


def _code() -> str:
    """Digest of the code that a search depends on."""
    digest, root = hashlib.sha256(), Path(loop.__file__).parent
    for file in sorted(file for folder in _STUDIED for file in (root / folder).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _kept(file: Path | None) -> dict[Search, int]:
    if file is None or not file.exists():
        return {}
    text = file.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]  # a kill may cut the last one
    return {Search(line["pair"], line["number"], line["seed"], line["code"]): line["iterations"] for line in lines}


def _keep(file: Path | None, search: Search, iterations: int) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({**asdict(search), "iterations": iterations}) + "\n")


def _print(pairs: Sequence[str], done: dict[Search, int]) -> None:
    first: dict[int, dict[int, int]] = {}
    for pair in pairs:
        found = {search.number: iterations for search, iterations in done.items() if search.pair == pair}
        if found:
            reference = first.setdefault(int(pair.rsplit("/", 1)[1]), found)
            print(f"{pair:45s} {_line(found, reference)}")


def _line(found: dict[int, int], reference: dict[int, int]) -> str:
    needed = np.array(list(found.values()))
    low, median, high = np.percentile(needed, [25, 50, 75])
    difference = np.array([found[number] - reference[number] for number in found if number in reference])
    error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else float("nan")
    order = " : ".join(str(int(np.sum(np.sign(difference) == sign))) for sign in (-1, 0, 1))
    return (
        f"n = {len(needed)}: {median:4.1f} [{low:4.1f}, {high:4.1f}] mean {needed.mean():5.2f} worst {needed.max():2d}"
        f"  {difference.mean():+5.2f} ± {error:.2f}  sooner : as soon : later = {order}"
    )


if __name__ == "__main__":
    main()
