"""A second scan of a tree against the first: what did not change is not read again.

``python tests/benchmarks/scan_speed.py [folders] [workers]``; part of the slow suite of ``adapters/dft``.
10,000 folders in two processes, on two cores that seven others were busy with: 130 s, then 25 s.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from adapters.dft.scanning import scan

OUTCAR = """ vasp.6.4.2 20Jul23 complex
   VRHFIN =Fe: d7 s1
   TITEL  = PAW_PBE Fe 06Sep2000
 generate k-points for:    8    8    8
   k-points           NKPTS =     10
   ions per type =            2
 Startparameter for this run:
   ISPIN  =      2
   NELECT =     16.0000
--------------------- Iteration    1(   1) ----------------------
      direct lattice vectors                 reciprocal lattice vectors
     4.000000000  0.000000000  0.000000000     0.250000000  0.000000000  0.000000000
     0.000000000  4.000000000  0.000000000     0.000000000  0.250000000  0.000000000
     0.000000000  0.000000000  3.000000000     0.000000000  0.000000000  0.333333333
{steps} number of electron      16.0000000 magnetization      {moment:10.7f}
-------------------- aborting loop because EDIFF is reached --------------------
  energy  without entropy=       -8.21000000  energy(sigma->0) =       -8.21000010
 General timing and accounting informations for this job:
                 Voluntary context switches:         1441
"""


def make_tree(top: Path, folders: int) -> None:
    """Write so many calculation folders, a hundred a folder, each of about 20 kB."""
    steps = " eigenvalue of no interest to anybody who looks for a moment\n" * 300
    then = time.time() - 1000
    for number in range(folders):
        folder = top / f"{number // 100:04}" / f"{number % 100:02}"
        folder.mkdir(parents=True)
        file = folder / "OUTCAR"
        file.write_text(OUTCAR.format(moment=4.0 + number * 1e-5, steps=steps))
        os.utime(file, (then, then))


def seconds_of_two_scans(top: Path, folders: int, workers: int) -> tuple[float, float]:
    """Scan twice; every folder must be accepted both times, and read once. CPU seconds of one process, else elapsed."""
    clock = time.process_time if workers == 1 else time.perf_counter
    times = []
    for expected in (folders, 0):
        start = clock()
        found = scan(top / "tree", index=top / "index.sqlite", workers=workers)
        times.append(clock() - start)
        assert (len(found.accepted), found.read) == (folders, expected)
    return times[0], times[1]


if __name__ == "__main__":
    folders, workers = (int(word) for word in (*sys.argv[1:3], *("10000", "2")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        make_tree(Path(place) / "tree", folders)
        first, second = seconds_of_two_scans(Path(place), folders, workers)
    print(f"{folders} folders, {workers} processes: {first:.1f} s, then {second:.1f} s, ratio {second / first:.3f}")
