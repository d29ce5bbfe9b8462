"""One job whose folder is not in order, after a power failure, say: the others of its slot are answered."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators import calculating
from adapters.simulators.codes import Elk
from adapters.simulators.job import Job, Stand
from adapters.simulators.runners import Local, Slurm
from adapters.simulators.runners import slurm as slurm_module
from adapters.simulators.runners.unchanged import FILE, Unchanged
from loop.errors import NotSentError
from loop.records import Failure, Request, Result

DROP = {"kind": "drop", "folder": "jobs", "quiet_seconds": 0}


def _done(bench: Any, request: Request) -> None:
    """As whoever empties the folder does, with what a well-behaved code writes."""
    folder = _folder(bench, request)
    with (folder / "stdout.txt").open("w") as stdout:
        subprocess.run(bench.adapter.command().arguments, cwd=folder, stdout=stdout, check=True)
    (folder / "done").touch()


def _folder(bench: Any, request: Request) -> Path:
    found: Path = bench.context.folder / "jobs" / f"{request.id}-1"
    assert found.is_dir()
    return found


def _dangling(folder: Path) -> None:
    (folder / "scratch").symlink_to("/of/a/node/that/is/gone")


def _in_a_circle(folder: Path) -> None:
    (folder / "failed").symlink_to(folder / "failed")


def _empty_order(folder: Path) -> None:
    (folder / "runner.json").write_text("")


@pytest.mark.parametrize("spoil", [_dangling, _in_a_circle, _empty_order])
def test_what_was_dropped(
    elk_slot: Callable[..., Any], bench: Callable[..., Any], spoil: Callable[[Path], None]
) -> None:
    here = bench(elk_slot("well", DROP))
    bad, good = here.request(0.25, 0), here.request(0.5, 1)
    spoil(_folder(here, bad))
    _done(here, good)
    (found,) = (item for item in here.adapter.collect() if isinstance(item, Result))
    assert found.request_id == good.id
    assert bad.id in here.adapter.poll()


def test_a_reason_that_cannot_be_read_is_waited_for(
    elk_slot: Callable[..., Any], bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = bench(elk_slot("well", DROP))
    bad, good = here.request(0.25, 0), here.request(0.5, 1)
    (_folder(here, bad) / "failed").touch()
    _done(here, good)
    read = Path.read_text

    def refuse(self: Path, *rest: Any, **more: Any) -> str:
        if self.name == "failed":
            raise PermissionError(13, "Permission denied", str(self))
        return read(self, *rest, **more)

    monkeypatch.setattr(Path, "read_text", refuse)
    (found,) = here.adapter.collect()
    assert found.request_id == good.id
    assert "Permission denied" in here.adapter.poll()[bad.id]


def test_an_error_of_one_job_is_that_of_one_request(
    elk_slot: Callable[..., Any], bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = bench(elk_slot("well", DROP))
    bad, good = here.request(0.25, 0), here.request(0.5, 1)
    for each in (bad, good):
        _done(here, each)
    take = Elk._take

    def odd(self: Elk, request: Request, *rest: Any) -> None:
        if request.id == bad.id:
            raise KeyError("moment")
        take(self, request, *rest)

    monkeypatch.setattr(calculating.Calculating, "_take", odd)
    found = {item.request_id: item for item in here.adapter.collect()}
    assert isinstance(found[good.id], Result)
    assert isinstance(failed := found[bad.id], Failure)
    assert "KeyError('moment')" in failed.reason


def test_a_supervisor_that_cannot_begin_is_tried_later(
    tmp_path: Path, elk_slot: Callable[..., Any], bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job("one", tmp_path, bench(elk_slot("well", DROP)).adapter.command())

    def killed(*_: Any, **__: Any) -> None:
        raise subprocess.CalledProcessError(-9, "supervisor")

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(NotSentError, match="cannot be started now"):
        Local().start(job)


def test_a_number_of_slurm_that_is_empty_is_none(
    tmp_path: Path, elk_slot: Callable[..., Any], bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Iterable[str]] = []
    monkeypatch.setattr(slurm_module, "_said", lambda *words: asked.append(words) or "")
    (tmp_path / "runner.slurm").write_text("")
    job = Job("one", tmp_path, bench(elk_slot("well", DROP)).adapter.command())
    look = Slurm(kind="slurm").look([job])["one"]
    assert (look.stand, look.unsure) == (Stand.LOST, True)
    assert not any("--jobs=" in word for words in asked for word in words)


def test_how_long_nothing_changed_outlives_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, moment = Job("one", tmp_path, None), [1000.0]  # type: ignore[arg-type]
    monkeypatch.setattr("adapters.simulators.runners.unchanged.time.time", lambda: moment[0])

    def seconds(what: str, later: float, looks: int = 1) -> float:
        """The last of some looks of one process."""
        process = Unchanged()
        for _ in range(looks):
            moment[0] += later / looks
            found = process.seconds(job, what, 200.0)
        return found

    assert [seconds("a", 0), seconds("a", 50), seconds("a", 7, 7), seconds("b", 50), seconds("b", 20)] == [
        0,
        50,
        57,
        0,
        20,
    ]
    assert seconds("b", 36_000) == 120, "a machine that slept saw nothing stand still: half of the limit"
    assert seconds("b", -500) == 120, "a clock that was set back"
    assert seconds("b", 80) == 200
    (tmp_path / FILE).write_text("[")
    assert seconds("b", 10) == 0
