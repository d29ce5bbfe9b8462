"""Generic viewers show a history unaided: their own libraries are asked what they would draw."""

from __future__ import annotations

import importlib
import os
import warnings

import h5py
import numpy as np
import pytest

from loop.history import History
from loop.history.layout import cycle_path

pytestmark = pytest.mark.slow


def imported(name):
    """Import a viewer's library, which CI must have; what it warns of at import is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name) if os.environ.get("CI") else pytest.importorskip(name)


@pytest.fixture
def files(history, tmp_path):
    """A cycle, the master and an export, and what their default plots must show."""
    opened = History.open(history)
    value = opened.read(2).observations[0].value
    best = [0.0, 1.0, 2.0, 3.0, 4.0]
    return [
        (cycle_path(history, 2), [value]),
        (opened.write_master(), best),
        (opened.export_hdf5(tmp_path / "all.h5"), best),
    ]


def test_silx(files):
    imported("silx.io")
    from silx.io import nxdata

    for path, wanted in files:
        with h5py.File(path) as file:
            plot = nxdata.get_default(file, validate=True)
            assert plot is not None, path
            assert plot.is_valid
            np.testing.assert_array_equal(plot.signal[()], wanted)
            assert len(plot.axes) == 1
    with h5py.File(files[0][0]) as file:
        plot = nxdata.get_default(file)
        assert plot.errors is not None
        assert plot.signal.attrs["units"] == "μB/f.u."


def test_nexusformat(files):
    nexus = imported("nexusformat.nexus")
    for path, wanted in files:
        tree = nexus.nxload(str(path))
        np.testing.assert_array_equal(tree.get_default().nxsignal.nxvalue, wanted)


def test_h5grove(files):
    imported("h5grove")
    from h5grove.content import DatasetContent, GroupContent, create_content

    path = files[1][0]
    with h5py.File(path) as file:
        entry = create_content(file, "/entry/cycles/cycle_000002/observations")
        assert isinstance(entry, GroupContent)
        data = create_content(file, "/entry/cycles/cycle_000002/observations/default_plot/value")
        assert isinstance(data, DatasetContent)
        np.testing.assert_array_equal(data.data(), files[0][1])
        assert create_content(file, "/entry/cycles/cycle_000002/observations/table").metadata()["shape"] == (1,)
