"""A tree of calculations that exist: handed over unasked, or one at a time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from adapters.simulators.dft_folder import DftFolder
from loop.errors import CampaignError, TransientError
from loop.protocols import Retrospective, SlotContext
from loop.records import Failure, Result
from loop.testing import request_at, slot_context

OUTCAR = """ vasp.6.4.2 20Jul23 complex
{potentials}
 generate k-points for:    8    8    8
   k-points           NKPTS =     10
   ions per type =            {counts}
 Startparameter for this run:
   ISPIN  =      2
   NELECT =     16.0000
   EDIFF  = 0.1E-05
--------------------- Iteration    1(   1) ----------------------
      direct lattice vectors                 reciprocal lattice vectors
     4.000000000  0.000000000  0.000000000     0.250000000  0.000000000  0.000000000
     0.000000000  4.000000000  0.000000000     0.000000000  0.250000000  0.000000000
     0.000000000  0.000000000  3.000000000     0.000000000  0.000000000  0.333333333
 number of electron      16.0000000 magnetization      {moment:10.7f}
-------------------- aborting loop because EDIFF is reached --------------------
  energy  without entropy=       -8.21000000  energy(sigma->0) =       -8.21000010
 General timing and accounting informations for this job:
                 Voluntary context switches:         1441
"""


def _write(folder: Path, atoms: dict[str, int], moment: float, text: str = OUTCAR) -> None:
    folder.mkdir(parents=True)
    potentials = "\n".join(f"   VRHFIN ={one}: d7 s1\n   TITEL  = PAW_PBE {one} 06Sep2000" for one in atoms)
    counts = " ".join(map(str, atoms.values()))
    file = folder / "OUTCAR"
    file.write_text(text.format(potentials=potentials, counts=counts, moment=moment))
    then = time.time() - 1000
    os.utime(file, (then, then))


@pytest.fixture
def context(tmp_path: Path) -> SlotContext:
    tree = tmp_path / "dft"
    _write(tree / "2019" / "iron", {"Fe": 4}, 8.8)
    _write(tree / "2019" / "b2", {"Fe": 2, "Co": 2}, 9.2)
    _write(tree / "2024" / "b2 again", {"Fe": 2, "Co": 2}, 9.0)
    _write(tree / "2024" / "cut", {"Fe": 2, "Co": 2}, 9.0, OUTCAR.partition(" General")[0])
    _write(tree / "2024" / "oxide", {"Fe": 2, "O": 3}, 9.0)
    return slot_context(tmp_path, options={"folder": "dft", "workers": 1})


def test_everything_is_handed_over_unasked(context: SlotContext) -> None:
    items = list(DftFolder(context).collect())
    results = [item for item in items if isinstance(item, Result)]
    assert [(item.x, item.value, item.provenance.file) for item in results] == [
        ((0.5,), pytest.approx(2.3), "dft/2019/b2/OUTCAR"),
        ((0.0,), pytest.approx(2.2), "dft/2019/iron/OUTCAR"),
        ((0.5,), pytest.approx(2.25), "dft/2024/b2 again/OUTCAR"),
    ]
    assert all(item.request_id is None and item.provenance.file_sha256 for item in results)
    assert "VASP 6.4.2; PBE; k 8×8×8" in results[0].provenance.note
    failures = [item for item in items if isinstance(item, Failure)]
    assert [item.label for item in failures] == ["dft/2024/oxide/OUTCAR", "dft/2024/cut/OUTCAR"]
    assert "truncated" in failures[1].reason
    assert (context.state / "scan.sqlite").is_file()


def test_the_first_of_a_composition_answers_a_request(context: SlotContext) -> None:
    adapter = DftFolder(context)
    adapter.submit(request_at(context, (0.5,)))
    adapter.submit(request_at(context, (0.25,), number=1))
    answers = {item.provenance.file: item.request_id for item in adapter.collect() if isinstance(item, Result)}
    assert answers == {
        "dft/2019/b2/OUTCAR": f"000000-{context.slot}-0",
        "dft/2019/iron/OUTCAR": None,
        "dft/2024/b2 again/OUTCAR": None,
    }
    assert adapter.poll()[f"000000-{context.slot}-0"] == "done"
    assert "waiting for a calculation of it" in adapter.poll()[f"000000-{context.slot}-1"]
    adapter.cancel(f"000000-{context.slot}-1")
    assert list(adapter.poll()) == [f"000000-{context.slot}-0"]


def test_only_answers_where_the_loop_is_to_ask(context: SlotContext) -> None:
    adapter = DftFolder(slot_context(context.folder, options={**context.options, "unasked": False}))
    assert isinstance(adapter, Retrospective)
    assert list(adapter.collect()) == []
    assert adapter.candidates() == [(0.0,), (0.5,)]
    assert adapter.truth()[0.5,] == pytest.approx(2.275)
    adapter.submit(request_at(context, (0.0,)))
    (item,) = adapter.collect()
    assert item.request_id == f"000000-{context.slot}-0"


@pytest.mark.parametrize("options", [{"folder": "nowhere"}, {"folder": "dft", "depth": 3}, {}])
def test_unusable_options(context: SlotContext, options: dict[str, object]) -> None:
    with pytest.raises(CampaignError, match="options"):
        DftFolder(slot_context(context.folder, options=options))


@pytest.mark.parametrize("mount_point", [True, False])
def test_a_share_that_is_away_is_waited_for(context: SlotContext, mount_point: bool) -> None:
    there = len(list(DftFolder(context).collect()))
    tree, elsewhere = context.folder / "dft", context.folder / "unmounted"
    tree.rename(elsewhere)
    if mount_point:
        tree.mkdir()
    adapter = DftFolder(context)  # made by the process of the next cycle
    for _ in range(2):
        with pytest.raises(TransientError, match="mount it"):
            adapter.collect()
    if mount_point:
        tree.rmdir()
    elsewhere.rename(tree)
    assert len(list(adapter.collect())) == there


def test_a_tree_that_was_always_empty_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "dft").mkdir()
    context = slot_context(tmp_path, options={"folder": "dft", "workers": 1})
    assert [list(DftFolder(context).collect()) for _ in range(2)] == [[], []]
    _write(tmp_path / "dft" / "iron", {"Fe": 4}, 8.8)
    assert len(list(DftFolder(context).collect())) == 1
