"""What a cycle costs on Prefect, beside a bare flow of as many empty tasks.

Run ``OMP_NUM_THREADS=1 python tests/benchmarks/prefect_overhead.py [cycles] [repeats]``; exit code 1 above the limit.
Seconds are those of the processor, of all threads of this process, which do not depend on what else is going on. What
the cycles themselves cost is taken from the same cycles, as their own thread spends it, and subtracted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from flows.embedded import embedded_prefect
from loop.campaign import Campaign
from loop.session import Session

sys.path.insert(0, str(Path(__file__).parent))
from long_service import make_campaign

LIMIT = 1.3
CYCLES, REPEATS = 10, 7
STEPS = ("collect", "decide", "seal", "dispatch")


class Timed:
    """A session that takes the time of its own steps.

    Parameters
    ----------
    session
        Whose cycles they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._session, name)
        return self._timed(value) if name in STEPS else value

    def _timed(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            begun = time.thread_time()
            try:
                return step(*arguments)
            finally:
                self.seconds += time.thread_time() - begun

        return call


def ratios(session: Session, cycles: int, repeats: int) -> list[float]:
    """Cost of so many cycles on Prefect without the cycles themselves, over that of as many empty tasks, repeatedly."""
    from prefect import flow, task

    from flows.steps import _ONCE, one_cycle

    empty = task(lambda: None, name="empty", **_ONCE)
    timed = Timed(session)

    @flow(retries=0, persist_result=False)
    def on_prefect() -> None:
        for _ in range(cycles):
            assert one_cycle(timed) is not None

    @flow(retries=0, persist_result=False)
    def bare() -> None:
        for _ in range(cycles * len(STEPS)):
            empty()

    def seconds(call: Callable[[], None]) -> float:
        begun = time.process_time()
        call()
        return time.process_time() - begun

    found = []
    for number in range(repeats + 1):
        timed.seconds = 0.0
        ours, theirs = seconds(on_prefect) - timed.seconds, seconds(bare)
        if number:  # the first of each warms up
            found.append(ours / theirs)
    return found


def main() -> int:
    """Measure, print a line, and say whether it is within the limit."""
    cycles, repeats = (int(word) for word in (sys.argv[1:] or (CYCLES, REPEATS)))
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign.load(make_campaign(Path(folder) / "long", 2 * cycles * (repeats + 1)))
        with embedded_prefect(Path(folder) / "home"), Session(campaign, Path(folder) / "history") as session:
            found = sorted(ratios(session, cycles, repeats))
    print(
        f"a cycle on Prefect costs {median(found):.2f} × as many empty tasks ({found[0]:.2f} to {found[-1]:.2f}, "
        f"{repeats} times {cycles} cycles); the limit is {LIMIT}"
    )
    return median(found) > LIMIT


if __name__ == "__main__":
    sys.exit(main())
