"""A campaign served for a thousand cycles: the memory of runner and server, and the size of Prefect's database.

``python tests/benchmarks/long_service.py FOLDER [cycles] [every]``, by hand: a cycle takes some seconds, nearly all of
them the start of a Python process. It writes a line to ``FOLDER/figures.csv`` every half minute, and begun again in the
same folder it goes on. Ctrl-C, or SIGTERM, ends the campaign and all that it started.
"""

from __future__ import annotations

import csv
import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from loop.history import History

LOOK_SECONDS = 30.0
TEXT = """
title = "Fe-Co, made up, for long"
seed = 3

[space]
formula = "Fe{{1-a}}Co{{a}}"

[space.variables]
a = {{ bounds = [0, 1] }}

[targets.calculated]
source = "calculation"
unit = "muB/f.u."

[targets.measured]
source = "experiment"
unit = "muB/f.u."
parents = ["calculated"]
active = "order<=1"

[model]
degree = 2
estimator = "map"

[objective]
target = "measured"

[policy]
experiment = "ucb"
calculation = "max_uncertainty"

[[simulators]]
name = "cluster"
adapter = "pool"
target = "calculated"
slots = 1
start = 4
options = {{ table = "values.csv" }}

[[instruments]]
name = "laboratory"
adapter = "archive"
target = "measured"
slots = 1
start = 3
options = {{ table = "values.csv" }}

[admit]
z_limit = 1000

[stop]
cycles = {cycles}
"""


def make_campaign(folder: Path, cycles: int) -> Path:
    """Write a campaign whose tables have enough points for so many cycles, and answer at once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaign.toml").write_text(TEXT.format(cycles=cycles), encoding="utf-8")
    points = cycles + 10
    curve = (2.2 + n / points - (n / points) ** 2 + 0.02 * math.sin(7.9 * n) for n in range(points))
    rows = (f"{n / points:.6f},{value:.6f},muB/f.u." for n, value in enumerate(curve))
    (folder / "values.csv").write_text("\n".join(["a,value,unit", *rows, ""]), encoding="utf-8")
    return folder


def resident_megabytes(process: int) -> float:
    """Memory of a process that is in use now, in MB; 0 where there is none."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def processes_of(words: str) -> Iterator[int]:
    """Ids of the processes whose command line has some text."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if words in command:
            yield int(folder.name)


def sealed(history: Path) -> int:
    """How many cycles a history has."""
    return History.open(history).next_number if History.exists(history) else 0


def parent_of(process: int) -> int:
    """Id of the process that started another one; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def figures(folder: Path, service: int, started: float) -> list[float]:
    """Cycles, seconds, MB of memory of supervisor, runner and server, MB of the database."""
    home = folder / ".prefect"
    server = sum(resident_megabytes(process) for process in processes_of(f"flows.server_process {home}"))
    runners = (process for process in processes_of("flows.runner_process") if parent_of(process) == service)
    runner = sum(resident_megabytes(process) for process in runners)
    database = sum(file.stat().st_size for file in home.glob("prefect.db*")) / 2**20
    numbers = (time.monotonic() - started, resident_megabytes(service), runner, server, database)
    return [sealed(folder / "histories" / "long"), *(round(number, 1) for number in numbers)]


def main() -> None:
    """Serve, look, write down, until the campaign is over or somebody interrupts."""
    folder = Path(sys.argv[1]).resolve()
    cycles, every = int((sys.argv[2:] or ["1000"])[0]), (sys.argv[3:] or ["4s"])[0]
    campaign, started = make_campaign(folder / "campaigns" / "long", cycles), time.monotonic()
    command = [Path(sys.executable).with_name("douka"), "serve", campaign, "--every", every]
    with (folder / "serve.log").open("ab") as log, (folder / "figures.csv").open("a", newline="") as file:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        writer = csv.writer(file)
        writer.writerow(["cycles", "seconds", "supervisor MB", "runner MB", "server MB", "database MB"])
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore the first
            signal.signal(number, signal.default_int_handler)
        try:
            while process.poll() is None:
                writer.writerow(figures(folder, process.pid, started))
                file.flush()
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
        process.wait()


if __name__ == "__main__":
    main()
