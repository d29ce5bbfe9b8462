"""Elk's stand-in behind the local runner: what happens when things go wrong."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.simulators.codes import Elk
from adapters.simulators.runners import local
from loop.errors import AdapterError, CampaignError
from loop.records import Failure, Result
from loop.second_start import RULE
from loop.testing import request_at, slot_context

PATIENCE = 120.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def answer(bench) -> Result | Failure:
    until(lambda: bool(list(bench.adapter.collect())))
    (found,) = bench.adapter.collect()
    return found


def lives(pid: int) -> bool:
    """A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def group(bench, *, runs: bool = True) -> int:
    """The process group of the only job, as a rule once its program runs."""
    until(lambda: not runs or any(bench.jobs().glob("seen")))
    (file,) = bench.jobs().glob("*/runner.process.json")
    return int(json.loads(file.read_text())["group"])


def members(number: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == number and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_a_calculation_is_answered_at_the_point_it_was_of(elk_slot, bench) -> None:
    here = bench(elk_slot())
    request = here.request(0.25)
    found = answer(here)
    assert isinstance(found, Result)
    assert (found.request_id, found.x) == (request.id, (0.25,))
    assert found.value == pytest.approx(2.3 - 0.05**2)
    assert "virtual crystal: nuclear charge 26.25" in found.provenance.note
    assert found.provenance.file == f"adapters/slot/jobs/{request.id}-1/INFO.OUT"
    assert found.provenance.file_sha256


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("unconverged", "electronic convergence not reached"),
        ("broken", "no known output|MOMENT|INFO.OUT|Elk"),
        ("crash", "status 9; stderr.txt ends with: something went wrong"),
    ],
)
def test_a_bad_end_is_a_failure_with_its_reason(elk_slot, bench, what: str, reason: str) -> None:
    here = bench(elk_slot(what))
    here.request()
    found = answer(here)
    assert isinstance(found, Failure)
    assert any(part in found.reason for part in reason.split("|")), found.reason
    assert found.remedy


def test_a_second_start_begins_with_other_moments(elk_slot, bench) -> None:
    here = bench(elk_slot())
    usual = here.request(0.25, 0)
    other = request_at(here.context, [0.25], 1)
    here.adapter.submit(replace(other, reason=replace(other.reason, rule=RULE)))
    texts = [(here.jobs() / f"{request.id}-1/elk.in").read_text() for request in (usual, other)]
    changed = [pair for pair in zip(*(text.splitlines() for text in texts), strict=True) if pair[0] != pair[1]]
    assert changed == [("  0.0 0.0 0.01", "  0.0 0.0 0.5")]


def test_the_limit_of_time_ends_every_process(elk_slot, bench) -> None:
    here = bench(elk_slot("hang", {"kind": "local", "time_limit_seconds": 2.0}))
    here.request()
    number = group(here, runs=False)
    found = answer(here)
    assert isinstance(found, Failure)
    assert "stopped at its limit of 2 s" in found.reason
    until(lambda: not members(number))


def test_the_limit_of_memory_holds(elk_slot, bench) -> None:
    here = bench(elk_slot("greedy", {"kind": "local", "memory_limit_gib": 0.5}))
    here.request()
    found = answer(here)
    assert isinstance(found, Failure)
    assert "MemoryError" in found.reason


def test_cancelling_ends_every_process(elk_slot, bench) -> None:
    here = bench(elk_slot("hang"))
    request = here.request()
    number = group(here)
    until(lambda: len(members(number)) == 3)  # the supervisor, the program, the program's child
    here.adapter.cancel(request.id)
    until(lambda: not members(number))  # one that was killed is there until somebody has taken note of it
    assert not here.adapter.poll()


def test_cancelling_from_another_process_is_final(elk_slot, bench) -> None:
    here = bench(elk_slot("hang"))
    request = here.request()
    number = group(here)
    Elk(here.context).cancel(request.id)
    until(lambda: not members(number))
    assert not list(here.adapter.collect())
    assert here.adapter.poll()[request.id] == "nobody is at work on it and it has not ended"
    assert len(list(here.jobs().glob("*/runner.process.json"))) == 1, "it is not started again"


def test_what_runs_when_douka_dies_is_found_again(elk_slot, bench) -> None:
    here = bench(elk_slot("hang"))
    request = here.request()
    number = group(here)
    again = here.again()
    again.submit(request)
    assert again.poll() == {request.id: "running here"}
    assert members(number)
    assert len(list(here.jobs().glob(f"{request.id}-*"))) == 1


def test_what_was_killed_is_done_again_in_a_fresh_folder(elk_slot, bench) -> None:
    here = bench(elk_slot("once"))
    request = here.request()
    os.killpg(group(here), signal.SIGKILL)  # as a power failure would
    again = here.again()
    again.submit(request)
    assert isinstance(answer(here), Result)
    folders = sorted(path.name for path in here.jobs().glob(f"{request.id}-*"))
    assert folders == [f"{request.id}-1", f"{request.id}-2"]
    assert not (here.jobs() / folders[0] / "INFO.OUT").exists()


def test_what_is_lost_again_and_again_has_failed(elk_slot, bench) -> None:
    here = bench(elk_slot("hang", attempts=1))
    here.request()
    os.killpg(group(here), signal.SIGKILL)
    found = answer(here)
    assert isinstance(found, Failure)
    assert "lost 1 times" in found.reason


def test_a_supervisor_that_dies_alone_leaves_the_job_at_work(elk_slot, bench) -> None:
    here = bench(elk_slot("hang"))
    request = here.request()
    number = group(here)
    (supervisor,) = [pid for pid in members(number) if "supervisor" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: not lives(supervisor))
    assert here.adapter.poll() == {request.id: "running here"}
    here.adapter.cancel(request.id)
    until(lambda: not members(number))


def test_a_crash_between_mark_and_start_is_a_lost_job(elk_slot, bench, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(elk_slot())
    with monkeypatch.context() as patch:
        patch.setattr(local.Local, "start", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            here.request()
    assert list((here.context.state / "started").glob("*.1.json"))
    again = here.again()
    here.request()
    assert isinstance(answer(here), Result)
    assert again is here.adapter


def test_leftovers_of_another_history_are_not_taken_for_answers(elk_slot, bench) -> None:
    here = bench(elk_slot("unconverged"))
    old = here.jobs() / "000000-slot-0-1"
    old.mkdir(parents=True)
    (old / "INFO.OUT").write_text("not ours")
    here.request()
    assert "000000-slot-0-1.2" in answer(here).reason


def test_a_missing_engine_is_said_before_anything_is_asked(elk_slot) -> None:
    context = elk_slot()
    missing = {**context.options, "code": {"command": ["no-such-program"]}}
    with pytest.raises(AdapterError, match=r"slot 'slot': no-such-program is not installed: apt-get install"):
        Elk(replace(context, options=missing))


def test_a_point_that_cannot_be_calculated_is_a_failure(elk_slot, bench, tmp_path: Path) -> None:
    context = elk_slot()
    other = slot_context(tmp_path, options=context.options, formula="Fe{1-a}Ni{a}")
    here = bench(other)
    here.request(0.5)
    found = answer(here)
    assert isinstance(found, Failure)
    assert "Fe 0.5, Ni 0.5 on one site cannot be told from other mixtures" in found.reason


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runner": {"kind": "cloud"}}, "options.runner: .*'cloud'"),
        ({"runner": {"kind": "drop"}}, "options.runner.drop.folder is missing"),
        ({"code": {"k_mesh": [10, 10]}}, "options.code.k_mesh"),
        ({"crystal": {"structure": "hcpp"}}, "slot 'slot': structure .*hcpp is no file, .* bcc, fcc, B2"),
        ({"crystal": {"structure": "2-14-1"}}, "Nd belongs to none of the sublattices Fe/Co"),
    ],
)
def test_unusable_options_are_named(elk_slot, change, message: str) -> None:
    context = elk_slot()
    with pytest.raises(CampaignError, match=message):
        Elk(replace(context, options={**context.options, **change}))
