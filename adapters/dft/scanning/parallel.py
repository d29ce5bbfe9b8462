"""Reading folders in several processes, so that one that a library cannot survive is only a refusal."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from adapters.dft.calculation_table import read_calculation_table
from adapters.dft.detect import main_files
from adapters.dft.reading import read_calculation
from adapters.dft.rejected import RejectedCalculation, SeveralCalculations
from adapters.dft.scanning.outcome import Outcome
from adapters.dft.scanning.unit import Unit

_FEW = 16
"""Folders below which a process of their own costs more than it gains."""

_CHUNK = 16

Read = tuple[Unit, list[Outcome]]


def read_all(units: Sequence[Unit], workers: int) -> Iterator[Read]:
    """Read folders, in any order.

    Parameters
    ----------
    units
        The folders.
    workers
        Processes; with 1, or for a few folders, this one reads.

    Yields
    ------
    unit, outcomes
        A calculation or a refusal for every calculation in the folder.
    """
    if workers <= 1 or len(units) <= _FEW:
        yield from ((unit, read_folder(unit.path)) for unit in units)
        return
    chunks = [units[at : at + _CHUNK] for at in range(0, len(units), _CHUNK)]
    left: list[Unit] = []
    with _pool(workers) as pool:
        running: dict[Future[list[list[Outcome]]], Sequence[Unit]] = {
            pool.submit(_read_chunk, [unit.path for unit in chunk]): chunk for chunk in chunks
        }
        for done in as_completed(running):
            try:
                yield from zip(running[done], done.result(), strict=True)
            except BrokenProcessPool:
                left += running[done]
    yield from _carefully(left)


def read_folder(folder: Path) -> list[Outcome]:
    """Read every calculation in one folder."""
    try:
        return [read_calculation(folder)]
    except SeveralCalculations:
        return [outcome for _, file in main_files(folder) for outcome in _outcomes(file)]
    except RejectedCalculation as refusal:
        return [refusal]


def _read_chunk(folders: list[Path]) -> list[list[Outcome]]:
    return [read_folder(folder) for folder in folders]


def _outcomes(file: Path) -> list[Outcome]:
    try:
        return [read_calculation(file)]
    except SeveralCalculations:
        return _rows(file)
    except RejectedCalculation as refusal:
        return [refusal]


def _rows(table: Path) -> list[Outcome]:
    try:
        return list(read_calculation_table(table))
    except RejectedCalculation as refusal:
        return [refusal]


def _carefully(units: Sequence[Unit]) -> Iterator[Read]:
    """Read what was under way when a process died, one by one: only the culprit is refused."""
    waiting = list(units)
    while waiting:
        with _pool(1) as pool:
            while waiting:
                unit = waiting.pop(0)
                try:
                    outcomes = pool.submit(read_folder, unit.path).result()
                except BrokenProcessPool:
                    reason, remedy = "reading it ended the process that read it", "Look for a damaged file in it."
                    yield unit, [RejectedCalculation(unit.path, reason, remedy)]
                    break
                yield unit, outcomes


def _pool(workers: int) -> ProcessPoolExecutor:
    # Not forked: the parent has threads (linear algebra, a progress bar).
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
