"""Index, master and exports: made from the cycles, deleted at will, made again."""

from __future__ import annotations

import csv
import math
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace

import h5py
import numpy as np
import pytest

from loop.errors import HistoryError
from loop.history import Header, History, compare
from loop.history.cycle_file import decode
from loop.history.layout import INDEX, cycle_path
from loop.records import Status, StatusChange


def _remove_index(folder):
    for path in folder.glob(f"{INDEX}*"):
        path.unlink()


def _refuse(*_):
    raise AssertionError("a cycle file was opened")


def test_overview_opens_no_cycle_file(history, monkeypatch):
    monkeypatch.setattr("loop.history.history.read_cycle", _refuse)
    for mode in ("r", "a"):
        with History.open(history, mode) as opened:
            found = opened.overview()
        assert (found.cycles, found.observations, found.quarantined) == (5, 5, 5)
        assert found.requests == {"done": 4, "sealed": 1}
        assert [request["id"] for request in found.open_requests] == ["4-experiment-0"]
        assert found.summary == {"best": 4.0, "rule": "ucb", "stopped": False}
        assert found.spent == 5.0
        assert (found.damaged, found.missing) == ((), ())


def test_overview_imports_neither_h5py_nor_pandas(history):
    code = f"""
import sys
from loop.history import History
assert History.open({str(history)!r}).overview().cycles == 5
print([name for name in ("h5py", "pandas") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    # The header is an HDF5 file; the cycles stay closed.
    assert done.stdout == "['h5py']\n"


def test_writer_keeps_the_index(history, make_record, monkeypatch):
    with History.open(history, "a") as opened:
        opened.append(make_record(5))
        assert opened.overview().cycles == 6
        monkeypatch.setattr("loop.history.history.read_cycle", _refuse)
        assert History.open(history).overview().requests == {"done": 5, "sealed": 1}


@pytest.mark.parametrize("mode", ["r", "a"])
@pytest.mark.parametrize("spoil", [_remove_index, lambda folder: (folder / INDEX).write_bytes(b"no database" * 999)])
def test_index_is_made_anew(history, mode, spoil):
    before = History.open(history).overview()
    spoil(history)
    with History.open(history, mode) as opened:
        assert opened.overview() == before


def test_index_of_fewer_cycles_is_brought_up_to_date(history, make_record, tmp_path):
    shutil.copy(history / INDEX, tmp_path / "old")
    with History.open(history, "a") as opened:
        opened.append(make_record(5))
        opened.append(make_record(6))
        wanted = opened.overview()
    _remove_index(history)
    shutil.copy(tmp_path / "old", history / INDEX)
    assert History.open(history).overview() == wanted
    with History.open(history, "a") as opened:
        assert opened.overview() == wanted


def test_index_of_another_version_is_made_anew(history):
    wanted = History.open(history).overview()
    connection = sqlite3.connect(history / INDEX)
    connection.executescript("PRAGMA user_version=99; DELETE FROM request;")
    connection.close()
    assert History.open(history).overview() == wanted


def test_index_names_damaged_and_missing_cycles_until_they_are_restored(history):
    _remove_index(history)
    paths = [cycle_path(history, number) for number in (1, 3)]
    contents = [path.read_bytes() for path in paths]
    paths[0].write_bytes(b"")
    paths[1].unlink()
    with History.open(history, "a") as opened:
        found = opened.overview()
    assert (found.damaged, found.missing, found.cycles) == ((1,), (3,), 4)
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    with History.open(history, "a") as opened:
        found = opened.overview()
    assert (found.damaged, found.missing, found.observations) == ((), (), 5)


def test_a_lost_last_cycle_is_noticed_and_its_number_not_given_again(history, make_record):
    cycle_path(history, 4).unlink()
    assert History.open(history).verify().missing == (4,)
    with pytest.raises(HistoryError, match=r"cycles 4 to 4 were sealed, but their files are gone.*delete index"):
        History.open(history, "a")
    _remove_index(history)
    with History.open(history, "a") as opened:
        opened.append(make_record(4))


def test_cycle_of_another_run_is_noticed(history, tmp_path, header, make_record):
    with History.create(tmp_path / "other", header) as other:
        for number in range(5):
            other.append(replace(make_record(number), summary={"best": 99.0}))
    shutil.copy(cycle_path(tmp_path / "other", 2), cycle_path(history, 2))
    report = History.open(history).verify()
    assert set(report.damaged) == {2}
    assert "another run" in report.damaged[2]


def test_full_disk_of_the_index_does_not_cost_a_cycle(history, make_record, monkeypatch):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with History.open(history, "a") as opened:
        monkeypatch.setattr("loop.history.index.add", full)
        opened.append(make_record(5))
        opened.append(make_record(6))
        monkeypatch.undo()
        assert opened.overview().cycles == 7
    assert History.open(history).overview().cycles == 7


def test_notes_and_times_of_changes_are_kept(history, make_record):
    with History.open(history, "a") as opened:
        change = StatusChange(request_id="4-experiment-0", status=Status.FAILED, note="crucible broke")
        opened.append(replace(make_record(5), changes=(change,), requests=()))
        frame = opened.requests().set_index("id")
    assert tuple(frame.loc["4-experiment-0", ["status", "changed", "note"]]) == ("failed", 5, "crucible broke")
    assert History.open(history).overview().requests == {"done": 4, "failed": 1}


def test_master_shows_the_progress_and_links_every_cycle(history):
    path = History.open(history).write_master()
    with h5py.File(path) as file:
        plot = file[file.attrs["default"]]
        plot = plot[plot.attrs["default"]]
        assert plot.attrs["NX_class"] == "NXdata"
        assert list(plot[plot.attrs["signal"]]) == [0.0, 1.0, 2.0, 3.0, 4.0]
        assert list(plot["observations"]) == [1, 2, 3, 4, 5]
        cycle = file["entry/cycles/cycle_000003"]
        assert cycle["observations/table"]["target"][0] == b"M"
    History.open(history).write_master()


def test_master_of_an_empty_history(tmp_path, header):
    with History.create(tmp_path / "empty", header) as opened, h5py.File(opened.write_master()) as file:
        assert file["entry/progress/cycle"].shape == (0,)


def test_export_to_one_file_holds_everything(history, make_record, tmp_path):
    path = History.open(history).export_hdf5(tmp_path / "all of it.h5")
    with h5py.File(path) as file:
        assert list(file["entry/cycles"]) == [f"cycle_{number:06d}" for number in range(5)]
        assert file["entry/campaign_text"][()].decode() == History.open(history).header.campaign_text
        with h5py.File(cycle_path(history, 2)) as sealed:
            names = []
            sealed["entry"].visit(names.append)
        assert all(f"entry/cycles/cycle_000002/{name}" in file for name in names)
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".tmp"] == []
    assert compare(decode(_one_cycle(path, tmp_path), path), make_record(3), facts=True) == []


def _one_cycle(path, tmp_path):
    with h5py.File(path) as file, h5py.File(tmp_path / "one.h5", "w") as one:
        one.attrs.update(file.attrs)
        file.copy("entry/cycles/cycle_000003", one, "entry")
    return (tmp_path / "one.h5").read_bytes()


def test_export_as_tables(history, tmp_path):
    paths = History.open(history).export_csv(tmp_path / "new" / "tables")
    assert {path.name for path in paths} == {
        "observations.csv",
        "requests.csv",
        "changes.csv",
        "quarantine.csv",
        "progress.csv",
        "campaign.toml",
    }
    with (tmp_path / "new" / "tables" / "observations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = [record.observations[0].value for record in History.open(history).records()]
    assert [float(row["value"]) for row in rows] == values
    assert rows[0]["label"] == "Nd₂Fe₁₄B"


def test_export_to_where_nothing_can_be_written(history, tmp_path):
    (tmp_path / "file").write_text("")
    opened = History.open(history)
    with pytest.raises(HistoryError, match=r"file.out\.h5: could not be written"):
        opened.export_hdf5(tmp_path / "file" / "out.h5")
    with pytest.raises(HistoryError, match="cannot be made"):
        opened.export_csv(tmp_path / "file" / "out")


def test_progress_has_nan_where_a_cycle_reports_nothing(history, make_record):
    with History.open(history, "a") as opened:
        opened.append(replace(make_record(5), summary={"other": 2}))
        progress = opened.progress()
    assert math.isnan(progress["best"][5])
    assert np.isnan(progress["other"][:5]).all()


def test_default_plots_of_a_cycle(history):
    with h5py.File(cycle_path(history, 2)) as file:
        group = file
        while "default" in group.attrs:
            group = group[group.attrs["default"]]
        assert group.attrs["NX_class"] == "NXdata"
        assert group[group.attrs["signal"]].attrs["units"] == "μB/f.u."
        assert list(group.attrs["axes"]) == ["row"]


def test_arrays_named_x_and_y_become_a_plot(tmp_path, make_record):
    arrays = {"curve/x": np.arange(3.0), "curve/y": np.ones(3), "curve/y_errors": np.ones(3), "odd/x": np.ones(2)}
    with History.create(tmp_path / "curves", Header(campaign="c", campaign_text="")) as opened:
        path = opened.append(replace(make_record(0), arrays=arrays))
        assert set(opened.read(0).arrays) == set(arrays)
    with h5py.File(path) as file:
        curve = file["entry/arrays/curve"]
        assert dict(curve.attrs) == {"NX_class": "NXdata", "signal": "y", "axes": "x"}
        assert file["entry/arrays/odd"].attrs["NX_class"] == "NXcollection"
