"""Disks that are full, read-only, shared or far away; clocks that go backwards."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from loop.errors import HistoryError, HistoryLockedError
from loop.history import History, compare, filesystem
from loop.history.layout import LOCK, cycle_path
from loop.history.lock import _duration


def _files(folder):
    return {path for path in (folder / "cycles").rglob("*") if path.is_file()}


def _failing(function, number, after=0):
    calls = iter(range(10**9))

    def fail(*arguments):
        if next(calls) >= after:
            raise OSError(number, os.strerror(number))
        return function(*arguments)

    return fail


@pytest.mark.parametrize(
    ("call", "number", "message"),
    [
        ("os.write", errno.ENOSPC, "the disk is full. Make room and run again; nothing sealed before is affected"),
        ("os.fsync", errno.ENOSPC, "the disk is full"),
        ("os.fsync", errno.EDQUOT, "the disk quota is used up"),
        ("os.write", errno.EIO, "copy the history to another disk|Copy the history to another disk"),
        ("os.open", errno.EROFS, "mounted read-only"),
        ("os.open", errno.EACCES, "Change its permissions"),
    ],
)
def test_disk_errors_leave_nothing_half_written(history, make_record, monkeypatch, call, number, message):
    with History.open(history, "a") as opened:
        before = _files(history)
        monkeypatch.setattr(call, _failing(getattr(os, call[3:]), number))
        with pytest.raises(HistoryError, match=message):
            opened.append(make_record(5))
        monkeypatch.undo()
        assert _files(history) == before
        with pytest.raises(HistoryError, match="Open the history again"):
            opened.append(make_record(5))
    with History.open(history, "a") as opened:
        opened.append(make_record(5))
        assert opened.verify().ok


def test_folder_that_cannot_be_synced_is_taken_up_again(history, make_record, monkeypatch):
    """The cycle was renamed but not acknowledged: the next run finds it and goes on from there."""
    with History.open(history, "a") as opened:
        monkeypatch.setattr("os.fsync", _failing(os.fsync, errno.EIO, after=1))
        with pytest.raises(HistoryError, match="could not be sealed"):
            opened.append(make_record(5))
        monkeypatch.undo()
    with History.open(history, "a") as opened:
        assert opened.next_number == 6
        assert compare(opened.read(5), make_record(5)) == []


def test_a_really_full_disk(history, make_record):
    """A limit on the size of files is what a test can set without a disk of its own."""
    code = f"""
import resource, signal, sys
import numpy as np
from loop.errors import HistoryError
from loop.history import History
from loop.records import CycleRecord
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with History.open({str(history)!r}, "a") as opened:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        opened.append(CycleRecord(number=5, arrays={{"big": np.ones(100_000)}}))
    except HistoryError as error:
        print("HistoryError:", error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "could not be sealed" in done.stdout
    with History.open(history, "a") as opened:
        assert opened.append(make_record(5)).exists()


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder_as_a_user(history):
    history.chmod(0o555)
    try:
        with pytest.raises(HistoryError, match="writable"):
            History.open(history, "a")
    finally:
        history.chmod(0o755)


def test_read_only_folder(history, monkeypatch):
    """Simulated, so that it holds for root too: reading needs no writing at all."""
    reading = os.open

    def read_only(path, flags, *arguments, **options):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return reading(path, flags, *arguments, **options)

    monkeypatch.setattr("os.open", read_only)
    with pytest.raises(HistoryError, match=r"writer\.lock: cannot be written .*or open the history for reading"):
        History.open(history, "a")
    opened = History.open(history)
    assert (len(opened.observations()), opened.overview().cycles) == (5, 5)
    assert opened.verify().ok


def test_parent_that_is_a_file(tmp_path, header):
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="cannot be made"):
        History.create(tmp_path / "file" / "history", header)


def test_lock_of_another_process_names_it_and_goes_with_it(history):
    code = f"""
import sys
from loop.history import History
opened = History.open({str(history)!r}, "a")
print("locked", flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True)
    with process:
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(HistoryLockedError, match=f"process {process.pid} on "):
            History.open(history, "a")
        process.kill()
    History.open(history, "a").close()


def test_lock_does_not_live_on_in_a_forked_child(history):
    """A worker that outlives its killed parent must not lock everybody out, nor write itself."""
    code = f"""
import os, signal, sys, time
from loop.errors import HistoryError
from loop.history import History
from loop.records import CycleRecord
opened = History.open({str(history)!r}, "a")
if os.fork():
    os.wait3(os.WNOHANG)
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)
try:
    opened.append(CycleRecord(number=5))
except HistoryError as error:
    print(error, flush=True)
time.sleep(5)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as process:
        assert "is not open for writing here" in process.stdout.readline()
        with pytest.raises(HistoryLockedError, match=f"process {process.pid} on "):
            History.open(history, "a")
        process.stdin.write("die\n")
        process.stdin.flush()
        process.wait()
        History.open(history, "a").close()
        process.stdout.close()


def test_lock_says_its_age(history):
    with History.open(history, "a"):
        owner = json.loads((history / LOCK).read_text())
        (history / LOCK).write_text(json.dumps(owner | {"since": time.time() - 7300}))
        with pytest.raises(HistoryLockedError, match="for 2 hours"):
            History.open(history, "a")
        for rubbish in ("", "[]", "{", '{"since": "text"}'):
            (history / LOCK).write_text(rubbish)
            with pytest.raises(HistoryLockedError, match="process unknown"):
                History.open(history, "a")


def test_durations():
    assert [_duration(each) for each in (5, 300, 9000, 400000)] == ["5 seconds", "5 minutes", "2 hours", "5 days"]


def test_clock_that_goes_backwards(history, make_record, monkeypatch):
    monkeypatch.setattr("time.time", lambda: -1e6)
    with History.open(history, "a") as opened:
        opened.append(replace(make_record(5), facts={"time": -1e6}))
        os.utime(cycle_path(history, 5), (1, 1))
        with pytest.raises(HistoryLockedError, match="for 0 seconds"):
            History.open(history, "a")
    with History.open(history, "a") as opened:
        assert opened.cycles == (0, 1, 2, 3, 4, 5)
        assert opened.read(-1).facts == {"time": -1e6}
        assert opened.verify().ok


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home {nfs} nfs4 rw 0 0
/dev/vdb {nfs}/local ext4 rw 0 0
host {smb} cifs rw 0 0
"""


@pytest.fixture
def mounts(tmp_path):
    nfs, smb = tmp_path / "home", tmp_path / "lab share µ"
    for folder in (nfs / "local", smb):
        folder.mkdir(parents=True)
    table = tmp_path / "mounts"
    text = MOUNTS.format(nfs=nfs, smb=str(smb).replace(" ", "\\040"))
    table.write_text(text, encoding="utf-8")
    return table


@pytest.mark.parametrize(
    ("folder", "kind"), [("", "ext4"), ("home", "nfs4"), ("home/local", "ext4"), ("lab share µ", "cifs")]
)
def test_file_systems_are_known_by_the_table_of_mounts(tmp_path, mounts, folder, kind):
    assert filesystem.kind_of(tmp_path / folder, mounts) == kind


def test_network_file_systems_are_refused_for_writing(tmp_path, mounts, header, make_record, monkeypatch):
    place, known = tmp_path / "home" / "history", filesystem.kind_of
    monkeypatch.setattr("loop.history.filesystem.kind_of", lambda folder, _: known(folder, mounts))
    with pytest.raises(HistoryError, match=r"network file system \(nfs4\).*local disk"):
        History.create(place, header)
    assert not place.exists()
    with pytest.warns(UserWarning, match="neither the writer lock nor an fsync"):
        opened = History.create(place, header, network="warn")
    opened.append(make_record(0))
    opened.close()
    assert History.open(place).read(0).number == 0


def test_without_a_table_of_mounts_nothing_is_refused(tmp_path):
    assert filesystem.kind_of(tmp_path, tmp_path / "none") == ""
    filesystem.check(tmp_path, "refuse", tmp_path / "none")
