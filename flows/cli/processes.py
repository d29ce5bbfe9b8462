"""Work in processes: a bar with the time that is left, an end without remains, and the name of what failed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TypeVar

from rich.progress import track

from flows.cli.output import aside
from loop.errors import CampaignError, DoukaError

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_Job = TypeVar("_Job")
_Found = TypeVar("_Found")


def in_processes(
    work: Callable[[_Job], _Found], jobs: Sequence[_Job], *, named: Callable[[_Job], str], doing: str = "searching",
    processes: int | None = None,
) -> list[_Found]:  # fmt: skip
    """Do jobs in processes, one thread each: the matrices are small, and threads would fight for the cores.

    Parameters
    ----------
    work
        A function that a new process can import.
    jobs
        What it is called with.
    named
        What a person calls a job, for errors.
    doing
        What stands before the bar.
    processes
        How many; as many as there are cores if None.

    Returns
    -------
    list
        What came of every job, in the order of the jobs: it does not depend on the number of processes.

    Raises
    ------
    CampaignError
        Naming the job, where one failed on bad input.
    RuntimeError
        Naming the job, where one failed otherwise, or its process ended.
    """
    workers, others = min(len(jobs), processes or os.cpu_count() or 1), set(active_children())
    ignored = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal: one answers
    with _one_thread(), ProcessPoolExecutor(workers, get_context("spawn"), signal.signal, ignored) as pool:
        waiting = {pool.submit(work, job): number for number, job in enumerate(jobs)}
        try:
            found = {}
            for each in _shown(as_completed(waiting), len(jobs), doing):
                found[waiting[each]] = _result(each, named(jobs[waiting[each]]))
        except BaseException:
            for process in set(active_children()) - others:
                process.terminate()  # what is under way is not waited for
            raise
    return [found[number] for number in range(len(jobs))]


def _result(ended: Future[_Found], name: str) -> _Found:
    try:
        return ended.result()
    except DoukaError as error:
        raise CampaignError(f"{name}: {error}") from error
    except BrokenProcessPool as error:
        raise RuntimeError(f"a process ended before its work was done (killed, or out of memory), at {name}") from error
    except Exception as error:
        raise RuntimeError(f"{name}: {error!r}") from error


def _shown(ended: Iterator[Future[_Found]], count: int, doing: str) -> Iterator[Future[_Found]]:
    yield from track(ended, doing, count, console=aside, transient=True, disable=not aside.is_terminal)


@contextmanager
def _one_thread() -> Iterator[None]:
    """For processes started inside."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
