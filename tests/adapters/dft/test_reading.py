from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation, stamp
from adapters.dft.detect import FORMS

if TYPE_CHECKING:
    from pathlib import Path


FOOTER = """ General timing and accounting informations for this job:
                  Voluntary context switches:         1441
"""


def reason(path: Path, **options: float) -> str:
    with pytest.raises(RejectedCalculation) as caught:
        read_calculation(path, **options)
    return caught.value.reason


def test_importing_does_not_import_pymatgen() -> None:
    code = "import sys, adapters.dft; print([m for m in ('pymatgen', 'monty', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_there(tmp_path: Path) -> None:
    assert "no such file" in reason(tmp_path / "nowhere")
    assert "no files" in reason(tmp_path)


def test_unknown_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("moment 2.2")
    assert "unknown format" in reason(tmp_path / "notes.txt")
    assert "no known output" in reason(tmp_path)


@pytest.mark.parametrize("name", ["vasprun.xml", "OUTCAR", "vasprun.xml.gz", "anything"])
def test_empty_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    reason(tmp_path / name)
    reason(tmp_path)


def test_unreadable_files(tmp_path: Path, vasp: Any) -> None:
    folder = vasp().write(tmp_path / "run")
    (folder / "vasprun.xml").chmod(0)
    if os.access(folder / "vasprun.xml", os.R_OK):
        pytest.skip("this user reads everything")
    assert "cannot be read" in reason(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "OSZICAR",
            "       N       E                     dE             d eps\n 1 F= -.8 E0= -.8  mag= 2.2\n",
        ),
        ("POSCAR", "Fe\n1.0\n"),
    ],
)
def test_partial_vasp_outputs_say_what_is_needed(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(RejectedCalculation, match=r"alone: .* vasprun\.xml"):
            read_calculation(path)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("OUTCAR", " vasp.6.4.2 20Jul23\n number of electron  5.0 magnetization  5.0\n", "truncated or still running"),
        ("OUTCAR", " vasp.6.4.2\n-- aborting loop EDIFF was not reached (unconverged) --\n" + FOOTER, "not converged"),
        ("pw.out", " Program PWSCF v.7\n  convergence NOT achieved after 2 iterations\n JOB DONE.\n", "NOT achieved"),
        ("pw.out", " Program PWSCF v.7\n", "truncated or still running"),
    ],
)
def test_partial_outputs_show_failed_runs(tmp_path: Path, name: str, content: str, expected: str) -> None:
    (tmp_path / name).write_text(content)
    assert expected in reason(tmp_path)
    assert expected in reason(tmp_path / name)


def test_two_calculations_in_a_folder_are_ambiguous(tmp_path: Path, vasp: Any) -> None:
    vasp().write(tmp_path)
    (tmp_path / "vasprun.xml.relax1").write_text(vasp().xml())
    assert "several calculations in one folder: vasprun.xml, vasprun.xml.relax1" in reason(tmp_path)
    assert read_calculation(tmp_path / "vasprun.xml")


def test_fresh_files_wait_until_they_are_quiet(tmp_path: Path, vasp: Any) -> None:
    folder = vasp().write(tmp_path)
    assert "still growing" in reason(folder, quiet_seconds=60)
    before = time.time() - 100
    for file in folder.iterdir():
        os.utime(file, (before, before))
    assert read_calculation(folder, quiet_seconds=60)
    os.utime(folder / "OUTCAR")
    assert "still growing" in reason(folder, quiet_seconds=60)


def test_change_while_reading_is_noticed(tmp_path: Path, vasp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = vasp().write(tmp_path)
    honest = stamp.digests

    def growing(files: Any) -> dict[str, str]:
        with (folder / "OUTCAR").open("a") as stream:
            stream.write("more\n")
        return honest(files)

    monkeypatch.setattr(stamp, "digests", growing)
    assert "while it was read" in reason(folder)


def test_results_and_rejections_cross_process_boundaries(tmp_path: Path, vasp: Any) -> None:
    found = read_calculation(vasp().write(tmp_path))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  our own bytes
    error = RejectedCalculation("a", "b", "c")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert (type(again), again.file, again.reason, again.remedy) == (RejectedCalculation, "a", "b", "c")


def test_forms_are_told_apart() -> None:
    assert len({form.name for form in FORMS}) == len(FORMS)
