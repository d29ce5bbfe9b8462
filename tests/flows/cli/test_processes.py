"""Work in processes: order, names of what fails, and an end without remains."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future
from multiprocessing import active_children

import pytest

import flows.cli.processes as module
from flows.cli.processes import in_processes
from loop.errors import CampaignError, PluginError


def test_results_stand_in_the_order_of_the_jobs_and_failures_are_named() -> None:
    assert in_processes(abs, [-3, -1, -2], named=str, processes=2) == [3, 1, 2]
    with pytest.raises(RuntimeError, match=r"job 'x': TypeError"):
        in_processes(abs, ["x"], named=lambda job: f"job {job!r}")


def test_bad_input_stays_bad_input() -> None:
    ended: Future[None] = Future()
    ended.set_exception(PluginError("there is no pair of rules 'nix'"))
    with pytest.raises(CampaignError, match=r"tiny, rule 'ucb', seed 7: there is no pair of rules 'nix'"):
        module._result(ended, "tiny, rule 'ucb', seed 7")


def test_a_process_that_ends_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"killed, or out of memory.*job 3"):
        in_processes(os._exit, [3], named=lambda job: f"job {job}")


def test_ctrl_c_ends_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first job is done at once; the others would sleep far beyond the time a test is given."""
    before = set(active_children())
    shown = module._shown

    def interrupted(*arguments: object) -> object:
        for ended in shown(*arguments):
            yield ended
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "_shown", interrupted)
    with pytest.raises(KeyboardInterrupt):
        in_processes(time.sleep, [0.0, 3600.0, 3600.0], named=str, processes=2)
    assert not set(active_children()) - before
