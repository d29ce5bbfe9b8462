"""``douka demo``."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import track
from threadpoolctl import threadpool_limits

from flows.cli.output import console, print_table
from flows.cli.pictures import drawable, writing
from loop.errors import CampaignError
from loop.figures.demonstrations import Shown, d1, d2, d3, draw_d1, draw_d2, draw_d3, save
from loop.problems import Hunt
from loop.problems.contest import contest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROBLEMS, CALCULATIONS = 20, 1
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def demo_command(which: str, out: Path | None, seed: int, problems: int | None, m: int | None) -> None:
    """Run a demonstration, print what matters, write the figure and its data."""
    if which != "d3" and (problems is not None or m is not None):
        raise CampaignError(f"--problems and --m belong to `douka demo d3`, not to {which}; leave them out")
    file = drawable(out or Path(f"{which}.png"))
    shown, figure = _done(which, seed, problems or PROBLEMS, CALCULATIONS if m is None else m)
    with writing(file):
        table = save(figure, shown, file)
    console.print(shown.title)
    for each in shown.tables:
        rows = [(what, *(_number(value) for value in values)) for what, values in each.rows.items()]
        print_table(each.title, ("", *(each.columns or ("",))), rows)
    console.print(f"{file}\n{table}")


def _done(which: str, seed: int, problems: int, m: int) -> tuple[Shown, Figure]:
    if which == "d3":
        shown = d3(_contests(seed, problems, m), m)
        return shown, draw_d3(shown, m)
    with threadpool_limits(1):
        shown = d1(seed) if which == "d1" else d2(seed)
    return shown, draw_d1(shown) if which == "d1" else draw_d2(shown)


def _contests(seed: int, problems: int, m: int) -> list[Mapping[str, Hunt]]:
    """Search the problems in processes, one thread each: the matrices are small, threads would fight for the cores."""
    before, others = {name: os.environ.get(name) for name in _THREADS}, set(active_children())
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    workers = min(problems, os.cpu_count() or 1)
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
            waiting = {pool.submit(partial(contest, seed=seed, calculations=m), k): k for k in range(problems)}
            try:
                found = {waiting[each]: each.result() for each in _shown(as_completed(waiting), problems)}
            except BaseException:
                for process in set(active_children()) - others:
                    process.terminate()  # what is under way is not waited for
                raise
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return [found[k] for k in range(problems)]


def _shown(ended: Iterator[Future[dict[str, Hunt]]], problems: int) -> Iterable[Future[dict[str, Hunt]]]:
    return track(ended, "searching", problems, console=console, transient=True, disable=not console.is_terminal)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return "not found" if math.isinf(value) else f"{value:.3g}"
