"""Every write boundary: the calls to the disk are recorded, cut at each point, and what was not synced is lost.

The model is stricter than a file system: data are safe only after an fsync of their file, names only after an fsync of
their folder, and of what is not safe any part may have reached the disk.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from loop.history import History, compare
from loop.history.layout import INDEX

CYCLES = 2


@dataclass
class Recorder:
    """The calls that change a folder, in order."""

    root: Path
    calls: list[tuple] = field(default_factory=list)
    indexes: list[dict[str, bytes]] = field(default_factory=lambda: [{}])
    open_files: dict[int, Path] = field(default_factory=dict)

    def install(self, monkeypatch):
        for name in ("open", "write", "fsync", "close", "mkdir", "rename", "unlink"):
            monkeypatch.setattr(f"os.{name}", getattr(self, f"_{name}")(getattr(os, name)))

    def acknowledged(self):
        names = (INDEX, f"{INDEX}-wal", f"{INDEX}-shm")
        present = [self.root / "history" / name for name in names]
        self.indexes.append({path.name: path.read_bytes() for path in present if path.exists()})
        self.calls.append(("acknowledged",))

    def _note(self, kind, path, *rest):
        if Path(path).is_relative_to(self.root) and Path(path).name != "writer.lock":
            self.calls.append((kind, Path(path), *rest))

    def _open(self, call):
        def record(path, flags, *arguments, **options):
            new = not Path(path).exists()
            descriptor = call(path, flags, *arguments, **options)
            self.open_files[descriptor] = Path(path)
            if flags & os.O_CREAT and new:
                self._note("create", path)
            return descriptor

        return record

    def _write(self, call):
        def record(descriptor, content):
            done = call(descriptor, content)
            self._note("write", self.open_files[descriptor], bytes(content[:done]))
            return done

        return record

    def _fsync(self, call):
        def record(descriptor):
            call(descriptor)
            self._note("sync", self.open_files[descriptor])

        return record

    def _close(self, call):
        def record(descriptor):
            self.open_files.pop(descriptor, None)
            call(descriptor)

        return record

    def _mkdir(self, call):
        def record(path, *arguments, **options):
            call(path, *arguments, **options)
            self._note("mkdir", path)

        return record

    def _rename(self, call):
        def record(source, target):
            call(source, target)
            self._note("rename", source, Path(target))

        return record

    def _unlink(self, call):
        def record(path):
            call(path)
            self._note("unlink", path)

        return record


@dataclass
class File:
    """What was written, and how much of it is safe."""

    content: bytes = b""
    safe: int = 0


def after_crash(calls, keeps_name, kept_of):
    """What a disk holds after a power failure: content by path, None for a folder."""
    files, changes = {}, []
    for call in calls:
        kind, path = call[0], call[1] if len(call) > 1 else None
        if kind == "write":
            files[path].content += call[2]
        elif kind == "sync" and path in files:
            files[path].safe = len(files[path].content)
        elif kind == "sync":
            changes = [(change, folder, safe or folder == path) for change, folder, safe in changes]
        elif kind == "create":
            files[path] = File()
            changes.append(((path, files[path]), path.parent, False))
        elif kind == "mkdir":
            changes.append(((path, None), path.parent, False))
        elif kind == "rename":
            files[call[2]] = files.pop(path)
            changes.append(((path, call[2], files[call[2]]), path.parent, False))
        elif kind == "unlink":
            changes.append(((path,), path.parent, False))
    return _content([change for change, _, safe in changes if safe or keeps_name()], kept_of)


def _content(changes, kept_of):
    names = {}
    for change in changes:
        if len(change) == 2:
            names[change[0]] = change[1]
        else:
            names.pop(change[0], None)
        if len(change) == 3:
            names[change[1]] = change[2]
    return {path: None if file is None else file.content[: kept_of(file)] for path, file in names.items()}


def materialise(disk, old_root, new_root, index):
    """Make the folder that a crashed machine would find again."""
    new_root.mkdir()
    for path, content in sorted(disk.items(), key=lambda item: len(item[0].parts)):
        place = new_root / path.relative_to(old_root)
        if not place.parent.is_dir():
            continue  # its folder was lost
        if content is None:
            place.mkdir(exist_ok=True)
        else:
            place.write_bytes(content)
    for name, content in index.items():
        (new_root / "history" / name).write_bytes(content)


def policies(rng, random):
    """Nothing is lost (a killed process); everything unsafe is lost; names but no data; anything between."""
    yield lambda: True, lambda file: len(file.content)
    yield lambda: False, lambda file: file.safe
    yield lambda: True, lambda file: file.safe
    for _ in range(random):
        yield lambda: rng.random() < 0.5, lambda file: int(rng.integers(file.safe, len(file.content) + 1))


@pytest.fixture
def recorder(tmp_path, monkeypatch, header, make_record):
    found = Recorder(tmp_path / "disk")
    found.root.mkdir()
    with monkeypatch.context() as patch:
        found.install(patch)
        with History.create(found.root / "history", header) as opened:
            found.acknowledged()
            for number in range(CYCLES):
                opened.append(make_record(number))
                found.acknowledged()
    return found


def check(folder, acknowledged, header, make_record):
    """All that was acknowledged is there, nothing is wrong, and the run ends as an undisturbed one."""
    if acknowledged or History.exists(folder):
        opened = History.open(folder)
        assert opened.header == header
        assert max(acknowledged - 1, 0) <= len(opened.cycles) <= acknowledged
        for record in opened.records():
            assert compare(record, make_record(record.number), facts=True) == []
        assert opened.overview().cycles == len(opened.cycles)
    exists = History.exists(folder)
    with History.open(folder, "a") if exists else History.create(folder, header) as opened:
        for number in range(opened.next_number, CYCLES):
            opened.append(make_record(number))
        report = opened.verify()
        assert report.ok, str(report)
        assert opened.overview().cycles == CYCLES
        assert not list(folder.rglob("*.tmp"))


def run_cuts(recorder, tmp_path, header, make_record, random):
    rng, tried = np.random.default_rng(0), 0
    for cut in range(len(recorder.calls) + 1):
        calls = recorder.calls[:cut]
        acknowledged = sum(call[0] == "acknowledged" for call in calls)
        for keeps_name, kept_of in policies(rng, random):
            place = tmp_path / f"cut {cut} {tried}"
            disk = after_crash(calls, keeps_name, kept_of)
            index = recorder.indexes[rng.integers(acknowledged + 1)]
            materialise(disk, recorder.root, place, index)
            check(place / "history", acknowledged, header, make_record)
            tried += 1
    print(f"{len(recorder.calls)} boundaries, {tried} crashes: nothing lost, nothing wrong")
    return tried


def test_the_recording_is_what_the_design_says(recorder):
    last = recorder.calls[-6:-1]
    assert [call[0] for call in last] == ["create", "write", "sync", "rename", "sync"]
    assert last[-1][1] == last[0][1].parent


def test_every_boundary(recorder, tmp_path, header, make_record, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)  # the outcome is copied, not crashed
    assert run_cuts(recorder, tmp_path, header, make_record, random=0) > 100


@pytest.mark.slow
def test_every_boundary_with_twenty_random_losses_each(recorder, tmp_path, header, make_record, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    run_cuts(recorder, tmp_path, header, make_record, random=20)
