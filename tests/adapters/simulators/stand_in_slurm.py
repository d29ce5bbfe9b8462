"""Stands in for SLURM's commands: ``stand_in_slurm.py COMMAND CLUSTER ARGUMENT…``. Standard library only.

CLUSTER is a folder with one JSON file a job. A job runs as a child of nobody. Files in CLUSTER change how it behaves:
``held`` leaves new jobs pending, ``down`` lets every command fail (with what is written in it), ``deaf`` takes jobs and
says that nobody answered, ``accounting`` keeps forgotten jobs for sacct, and ``forgets`` lets squeue forget jobs that
have ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

FIELDS = {"%j": "name", "%T": "state", "%r": "why", "%i": "number"}
OVER = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}


def option(words: list[str], name: str) -> str | None:
    return next((word.split("=", 1)[1] for word in words if word.startswith(f"--{name}=")), None)


def jobs(cluster: Path) -> list[dict[str, Any]]:
    return [refreshed(cluster, json.loads(file.read_text())) for file in sorted(cluster.glob("*.job"))]


def kept(cluster: Path, job: dict[str, Any]) -> dict[str, Any]:
    temporary = cluster / f"{job['number']}.{os.getpid()}"
    temporary.write_text(json.dumps(job))
    temporary.rename(cluster / f"{job['number']}.job")
    return job


def refreshed(cluster: Path, job: dict[str, Any]) -> dict[str, Any]:
    status = cluster / f"{job['number']}.status"
    if job["state"] == "RUNNING" and status.exists():
        return job | {"state": "COMPLETED" if status.read_text().strip() == "0" else "FAILED"}
    return job


def sbatch(cluster: Path, words: list[str]) -> None:
    number = str(1000 + len(list(cluster.glob("*.job"))))
    folder = option(words, "chdir") or "."
    is_held = (cluster / "held").exists()
    job = {"number": number, "name": option(words, "job-name"), "why": "Resources" if is_held else "None",
           "state": "PENDING" if is_held else "RUNNING", "time": option(words, "time"), "group": 0}  # fmt: skip
    if not is_held:
        command = 'sh "$0" > stdout.txt 2> stderr.txt; echo $? > "$1.tmp"; mv "$1.tmp" "$1"'
        arguments = ["bash", "-c", command.replace("sh ", "bash ", 1), words[-1], str(cluster / f"{number}.status")]
        job["group"] = subprocess.Popen(
            arguments, cwd=folder, start_new_session=True, stdin=-3, stdout=-3, stderr=-3
        ).pid
    kept(cluster, job)
    if (cluster / "deaf").exists():
        sys.exit("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation")
    print(f"{number};stand-in")


def squeue(cluster: Path, words: list[str]) -> None:
    names, numbers = option(words, "name"), option(words, "jobs")
    found = [job for job in jobs(cluster) if names is None or job["name"] in names.split(",")]
    found = [job for job in found if numbers is None or job["number"] in numbers.split(",")]
    if (cluster / "forgets").exists():
        found = [job for job in found if job["state"] not in OVER]
    if numbers is not None and not found:
        sys.exit("slurm_load_jobs error: Invalid job id specified")
    for job in found:
        row = option(words, "format") or ""
        for field, key in FIELDS.items():
            row = row.replace(field, job[key])
        print(row)


def sacct(cluster: Path, words: list[str]) -> None:
    if not (cluster / "accounting").exists():
        sys.exit("Slurm accounting storage is disabled")
    for job in jobs(cluster):
        if job["number"] == option(words, "jobs"):
            print("CANCELLED by 0" if job["state"] == "CANCELLED" else job["state"])


def scancel(cluster: Path, words: list[str]) -> None:
    everything = "--all-of-the-stand-in" in words
    for job in jobs(cluster):
        if job["state"] not in OVER and (everything or job["name"] == option(words, "name")):
            if job["group"]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(job["group"], signal.SIGKILL)
            kept(cluster, job | {"state": "CANCELLED"})


def main() -> None:
    command, cluster, *words = sys.argv[1:]
    if (Path(cluster) / "down").exists() and "--all-of-the-stand-in" not in words:
        said = (Path(cluster) / "down").read_text()
        sys.exit(said or "slurm_load_jobs error: Unable to contact slurm controller (connect failure)")
    {"sbatch": sbatch, "squeue": squeue, "sacct": sacct, "scancel": scancel}[command](Path(cluster), words)


if __name__ == "__main__":
    main()
