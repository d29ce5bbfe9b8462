"""Time and memory of a cycle with ten thousand calculations in flight, against a hundred (issue 9, item 8).

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/in_flight.py``. Each number of calculations in flight has a process of
its own: a campaign whose calculations are Python functions in threads, of which a few end in each cycle and as many are
asked for anew. Lines: measured, limit, what. CPU time of the main thread, medians.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.session import Session

FUNCTION = '''
import time
from pathlib import Path

def moment(a, b, tokens):
    """Ends for a token."""
    while True:
        for token in Path(tokens).iterdir():
            try:
                token.unlink()
            except FileNotFoundError:
                continue
            return 2.3 - (a - 0.3) ** 2 - b * a / 10
        time.sleep(0.002)
'''
CAMPAIGN = """
title = "many at once"
[space.variables]
a = {{ bounds = [0, 1] }}
b = {{ bounds = [0, 1] }}
[targets.calculated]
source = "calculation"
unit = "T"
[targets.measured]
source = "experiment"
unit = "T"
parents = ["calculated"]
[model]
degree = 2
estimator = "map"
[objective]
target = "measured"
[policy]
calculation = "{rule}"
[[simulators]]
name = "cluster"
adapter = "function"
target = "calculated"
slots = {count}
start = 20
candidates = {candidates}
options.function = "model.py:moment"
options.arguments = {{ tokens = "{tokens}" }}
options.runner = {{ kind = "threads", workers = 4 }}
[[instruments]]
name = "laboratory"
adapter = "archive"
target = "measured"
start = 8
options = {{ table = "measured.csv" }}
[stop]
experiments = 9
cost = 1e9
"""


class Campaigning:
    """A campaign with so many calculations in flight.

    Parameters
    ----------
    folder
        To work in.
    count
        Calculations in flight.
    ended
        How many of them end in each cycle.
    rule
        That chooses them.
    """

    def __init__(self, folder: Path, count: int, ended: int, rule: str) -> None:
        self.ended, self.tokens, self.given = ended, folder / "tokens", 0
        self.tokens.mkdir()
        (folder / "model.py").write_text(FUNCTION)
        rng = np.random.default_rng(0)
        rows = [f"{a:.6f},{b:.6f},{2.1 - (a - 0.3) ** 2:.4f},T" for a, b in rng.random((8, 2))]
        (folder / "measured.csv").write_text("\n".join(["a,b,value,unit", *rows, ""]))
        text = CAMPAIGN.format(count=count, candidates=2 * count + 2000, tokens=self.tokens, rule=rule)
        (folder / "campaign.toml").write_text(text)
        self.session = Session(Campaign.load(folder), folder / "history")

    def give(self, count: int) -> None:
        """Let so many calculations end."""
        for _ in range(count):
            self.given += 1
            (self.tokens / str(self.given)).touch()
        while any(self.tokens.iterdir()):
            time.sleep(0.01)
        time.sleep(0.2)  # the answers are written

    def cycle(self) -> dict[str, float]:
        """CPU seconds of one cycle with news."""
        self.give(self.ended)
        found: dict[str, float] = {}
        session = self.session
        start = begin = time.thread_time()
        for name in ("collect", "decide", "seal", "dispatch", "waiting_for"):
            if name == "collect":
                news = session.collect()
            elif name == "decide":
                record = session.decide(news)
                assert record is not None
            elif name == "seal":
                session.seal(record)
            else:
                getattr(session, name)()
            now = time.thread_time()
            found[name], begin = now - begin, now
        return found | {"cycle": begin - start}


def measure(count: int, ended: int, cycles: int, rule: str) -> dict[str, object]:
    """Fill up, then do cycles; times of each, and memory at each in MB."""
    with tempfile.TemporaryDirectory() as folder:
        here = Campaigning(Path(folder), count, ended, rule)
        here.session.step()
        here.give(20)
        begin = time.thread_time()
        while len(here.session.state.open_requests) < count:
            here.session.step()
        filled = time.thread_time() - begin
        times, memory = [], []
        for _ in range(cycles):
            times.append(here.cycle())
            memory.append(resident())
        assert len(here.session.state.open_requests) == count
        here.session.__exit__(None, None, None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"filled": filled, "times": times, "memory": memory, "peak": peak}


def resident() -> float:
    """Memory of this process now, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def main() -> None:
    """Compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--many", type=int, default=10_000)
    options.add_argument("--few", type=int, default=100)
    options.add_argument("--ended", type=int, default=20, help="calculations that end in each cycle")
    options.add_argument("--cycles", type=int, default=30)
    options.add_argument("--rule", default="max_uncertainty")
    options.add_argument("--only", type=int, help="measure this number in this process, and print JSON")
    given = options.parse_args()
    if given.only is not None:
        print(json.dumps(measure(given.only, given.ended, given.cycles, given.rule)))
        return
    found = {count: child(count, given) for count in (given.few, given.many)}
    few, many = found[given.few], found[given.many]
    names = list(few["times"][0])
    for name in names:
        a, b = (float(np.median([one[name] for one in each["times"]])) for each in (few, many))
        print(f"{1e3 * a:9.1f} ms {1e3 * b:9.1f} ms  ratio {b / max(a, 1e-9):7.2f}  {name}")
    for count, each in found.items():
        third = given.cycles // 3
        first, last = (
            np.median([one["cycle"] for one in part]) for part in (each["times"][:third], each["times"][-third:])
        )
        before, after = np.median(each["memory"][:third]), np.median(each["memory"][-third:])
        print(f"{count} in flight: last third / first third: time {last / first:.2f}, memory {after / before:.3f} "
              f"({after:.0f} MB); filled in {each['filled']:.1f} s of CPU")  # fmt: skip


def child(count: int, given: argparse.Namespace) -> dict[str, object]:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--only", str(count), "--ended", str(given.ended), "--cycles",
               str(given.cycles), "--rule", given.rule]  # fmt: skip
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


if __name__ == "__main__":
    main()
