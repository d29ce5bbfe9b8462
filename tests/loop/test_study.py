"""A history in a notebook, cell by cell; and `import loop` is light."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import loop


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Path:
    from loop.session import Session

    folder = write_tiny(tmp_path_factory.mktemp("study") / "tiny")
    with Session(loop.Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
    return folder / "history"


def test_a_notebook(path: Path) -> None:
    # %% Open a history. The last line of a cell shows it.
    study = loop.Study(path)
    shown = study._repr_html_()
    assert "Fe-Co, made up" in shown
    assert repr(study).startswith("<Study tiny: ")
    assert str(study.knowledge.best_measured.label) in shown

    # %% What was learned from
    table = study.observations
    assert len(table) == len(study.state.observations)
    assert table.query("target == 'measured'")["value"].max() == study.knowledge.best_measured.value

    # %% A prediction along the variable, with its band
    curve = study.predict({"a": np.linspace(0, 1, 5)})
    mean, deviation = study.model.predict(np.linspace(0, 1, 5)[:, None], target="measured", return_std=True)
    np.testing.assert_array_equal(curve["mean"], mean)
    np.testing.assert_array_equal(curve["deviation"], deviation)
    assert (curve["deviation"] > 0).all()

    # %% The same for the calculation
    assert not curve["mean"].equals(study.predict({"a": np.linspace(0, 1, 5)}, "calculated")["mean"])


def test_points_that_are_none(path: Path) -> None:
    from loop.errors import DataError

    study = loop.Study(path)
    assert len(study.predict({"a": 0.5})) == 1
    with pytest.raises(DataError, match="expected of a"):
        study.predict({"b": 0.5})


def test_without_a_model_it_says_why(tmp_path: Path, write_tiny: Callable[..., Path]) -> None:
    from loop.errors import EstimationError
    from loop.session import Session

    folder = write_tiny(tmp_path / "tiny")
    with Session(loop.Campaign.load(folder), folder / "history") as session:
        session.step()
    study = loop.Study(folder / "history")
    assert "not stopped" in study._repr_html_()
    with pytest.raises(EstimationError, match="no model yet"):
        _ = study.model


def test_what_is_offered() -> None:
    assert all(getattr(loop, name).__name__ == name for name in loop.__all__)
    assert set(loop.__all__) <= set(dir(loop))
    with pytest.raises(AttributeError, match="Study"):
        _ = loop.Sudty


def test_import_is_light() -> None:
    code = "import sys, loop; print([n for n in ('numpy', 'pydantic', 'h5py', 'scipy', 'pandas') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
