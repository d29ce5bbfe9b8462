"""The SLURM runner, against a stand-in for its commands and against SLURM itself."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.command import Command
from adapters.simulators.codes import Elk
from adapters.simulators.job import Job, Look, Stand
from adapters.simulators.runners import Slurm
from adapters.simulators.runners import slurm as slurm_module
from loop.errors import AdapterError, NotSentError, TransientError
from loop.records import Failure, Result

PATIENCE = 120.0
RUNNER = {"kind": "slurm"}

CONFIGURATION = """ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={first}
SlurmdPort={second}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=loopback Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def answers(bench) -> list[Result | Failure]:
    return list(bench.adapter.collect())


def edit(cluster: Path, **changes: str) -> None:
    """Change the only job of the stand-in."""
    (file,) = cluster.glob("*.job")
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_what_waits_in_the_queue_says_so(elk_slot, stand_in_slurm: Path, bench) -> None:
    (stand_in_slurm / "held").touch()
    here = bench(elk_slot("well", RUNNER))
    request = here.request()
    assert here.adapter.poll() == {request.id: "SLURM job 1000: pending (Resources)"}
    assert not answers(here)


def test_a_controller_that_is_down_is_waited_for(elk_slot, stand_in_slurm: Path, bench) -> None:
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    (stand_in_slurm / "down").touch()
    assert "Unable to contact slurm controller" in here.adapter.poll()[request.id]
    assert not answers(here)
    (stand_in_slurm / "down").unlink()
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}


def test_what_is_refused_has_failed_with_the_reason(elk_slot, stand_in_slurm: Path, bench) -> None:
    (stand_in_slurm / "down").write_text("sbatch: error: invalid partition specified: shrt")
    here = bench(elk_slot("well", RUNNER))
    here.request()
    (found,) = answers(here)
    assert isinstance(found, Failure)
    assert "could not be started: sbatch failed with status 1: sbatch: error: invalid partition" in found.reason
    (stand_in_slurm / "down").unlink()


def test_what_reached_nobody_is_not_sent_and_may_be_later(elk_slot, stand_in_slurm: Path, bench) -> None:
    (stand_in_slurm / "down").touch()
    here = bench(elk_slot("hang", RUNNER))
    for _ in range(4):  # more often than a calculation that is lost is begun anew
        with pytest.raises(NotSentError, match="Unable to contact slurm controller"):
            here.request()
    assert (answers(here), here.adapter.poll(), list(here.jobs().iterdir())) == ([], {}, [])
    (stand_in_slurm / "down").unlink()
    request = here.request()
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}
    assert [job.name for job in here.jobs().glob(f"{request.id}*")] == [f"{request.id}-1"]


def test_what_was_perhaps_sent_is_found_by_its_name_and_not_sent_again(elk_slot, stand_in_slurm: Path, bench) -> None:
    (stand_in_slurm / "deaf").touch()
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    (stand_in_slurm / "deaf").unlink()
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}
    here.again().submit(request)
    assert not answers(here)
    assert len(list(stand_in_slurm.glob("*.job"))) == 1


def test_what_is_taken_late_is_waited_for_and_not_sent_again(elk_slot, stand_in_slurm: Path, bench) -> None:
    """A controller that says nothing in time may put the job into its queue minutes later."""
    (stand_in_slurm / "deaf").touch()
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    (stand_in_slurm / "deaf").unlink()
    taken = (stand_in_slurm / "1000.job").rename(stand_in_slurm / "not yet")
    for adapter in (here.adapter, here.again()):
        adapter.submit(request)
        assert not list(adapter.collect())
        assert "sbatch did not say whether it was taken" in adapter.poll()[request.id]
    taken.rename(stand_in_slurm / "1000.job")
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}
    assert [job.name for job in here.jobs().glob(f"{request.id}*")] == [f"{request.id}-1"]


def test_what_was_never_taken_is_begun_anew_and_its_name_cancelled(
    elk_slot, stand_in_slurm: Path, bench, monkeypatch
) -> None:
    assert stand_in_slurm.is_dir()
    here = bench(elk_slot("hang", RUNNER))
    said, heard = slurm_module._said, []

    def deaf(*_: str) -> str:
        raise TransientError("sbatch does not answer: timed out after 60 seconds")

    def noting(*words: str) -> str:
        heard.append(words)
        return said(*words)

    with monkeypatch.context() as patch:
        patch.setattr(slurm_module, "_said", deaf)
        request = here.request()
    (script,) = here.jobs().glob("*/runner.sh")
    os.utime(script, (0.0, 0.0))
    monkeypatch.setattr(slurm_module, "_said", noting)
    assert not answers(here)
    (name,) = [word for word in heard[0] if word.startswith("--name=")]
    assert heard[1] == ("scancel", "--quiet", name), "before another is sent, in case it is taken only now"
    assert heard[2][0] == "sbatch"
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}
    assert sorted(job.name for job in here.jobs().glob(f"{request.id}*")) == [f"{request.id}-1", f"{request.id}-2"]


def test_as_many_as_there_may_be_are_asked_for(stand_in_slurm: Path, tmp_path: Path) -> None:
    """Linux takes no argument of more than 128 KiB."""
    names = [f"000123-a-slot-of-some-name-{number}-1-0123abcd" for number in range(4000)]
    job = {"number": "1000", "name": names[-1], "why": "None", "state": "RUNNING", "time": "1", "group": 0}
    (stand_in_slurm / "1000.job").write_text(json.dumps(job))
    command = Command(("true",), "")
    looks = Slurm(kind="slurm").look([Job(name, tmp_path / "jobs" / name, command) for name in names])
    assert looks[names[-1]] == Look(Stand.RUNNING, "SLURM job 1000: running")


def test_what_is_lost_while_nobody_takes_jobs_waits_for_that(
    elk_slot, stand_in_slurm: Path, bench, monkeypatch
) -> None:
    """The attempts of a calculation are not used up by a controller that is away."""
    (stand_in_slurm / "held").touch()
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    (stand_in_slurm / "1000.job").unlink()
    (stand_in_slurm / "held").unlink()

    def away(*_: object) -> None:
        raise NotSentError("sbatch: Unable to contact slurm controller")

    with monkeypatch.context() as patch:
        patch.setattr(Slurm, "start", away)
        for _ in range(5):
            with pytest.raises(TransientError, match="Unable to contact"):
                answers(here)
            assert "waiting: sbatch: Unable" in here.adapter.poll()[request.id]
    assert not answers(here)
    assert here.adapter.poll() == {request.id: "SLURM job 1000: running"}
    assert sorted(job.name for job in here.jobs().glob(f"{request.id}*")) == [f"{request.id}-1", f"{request.id}-2"]


def test_a_queue_that_falls_silent_between_two_questions_loses_nothing(
    elk_slot, stand_in_slurm: Path, bench, monkeypatch
) -> None:
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    said = slurm_module._said

    def silent(*words: str) -> str:
        if words[0] == "sacct" or any(word.startswith("--jobs") for word in words):
            raise TransientError("squeue does not answer: timed out after 60 seconds")
        return "" if words[0] == "squeue" else said(*words)

    with monkeypatch.context() as patch:
        patch.setattr(slurm_module, "_said", silent)
        assert not answers(here)
        assert here.adapter.poll() == {request.id: "squeue does not answer: timed out after 60 seconds"}
    assert len(list(stand_in_slurm.glob("*.job"))) == 1


@pytest.mark.parametrize("state", ["TIMEOUT", "OUT_OF_MEMORY", "CANCELLED"])
@pytest.mark.parametrize("remembers", ["queue", "accounting"])
def test_an_end_by_force_is_a_failure(elk_slot, stand_in_slurm: Path, bench, state: str, remembers: str) -> None:
    (stand_in_slurm / "held").touch()
    here = bench(elk_slot("well", RUNNER))
    here.request()
    if remembers == "accounting":
        (stand_in_slurm / "accounting").touch()
        (stand_in_slurm / "forgets").touch()
    edit(stand_in_slurm, state=state)
    (found,) = answers(here)
    assert isinstance(found, Failure)
    assert f"SLURM job 1000: {state}" in found.reason


@pytest.mark.parametrize("forgets", [False, True])
def test_what_was_lost_with_its_node_is_submitted_again(elk_slot, stand_in_slurm: Path, bench, forgets: bool) -> None:
    """Lost by a failure of its node, or forgotten by a cluster without accounting."""
    (stand_in_slurm / "held").touch()
    here = bench(elk_slot("well", RUNNER))
    here.request()
    if forgets:
        (stand_in_slurm / "forgets").touch()
    edit(stand_in_slurm, state="NODE_FAIL")
    (stand_in_slurm / "held").unlink()
    until(lambda: bool(answers(here)))
    (found,) = answers(here)
    assert isinstance(found, Result), found
    assert len(list(stand_in_slurm.glob("*.job"))) == 2


def test_a_file_system_that_lags_behind_is_waited_for(elk_slot, stand_in_slurm: Path, bench) -> None:
    (stand_in_slurm / "held").touch()
    here = bench(elk_slot("well", RUNNER))
    request = here.request()
    edit(stand_in_slurm, state="COMPLETED")
    assert "complete, its files are not to be seen here yet" in here.adapter.poll()[request.id]


def test_a_crash_after_sbatch_submits_nothing_twice(elk_slot, stand_in_slurm: Path, bench) -> None:
    """The number was never written down; the job is known by its name."""
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    (number,) = here.jobs().glob("*/runner.slurm")
    number.unlink()
    again = here.again()
    again.submit(request)
    assert again.poll() == {request.id: "SLURM job 1000: running"}
    again.cancel(request.id)
    assert json.loads((stand_in_slurm / "1000.job").read_text())["state"] == "CANCELLED"
    assert len(list(stand_in_slurm.glob("*.job"))) == 1


def test_a_program_that_fails_says_why(elk_slot, stand_in_slurm: Path, bench) -> None:
    assert stand_in_slurm.is_dir()
    here = bench(elk_slot("crash", RUNNER))
    here.request()
    until(lambda: bool(answers(here)))
    (found,) = answers(here)
    assert "ended with status 9; stderr.txt ends with: something went wrong" in found.reason


def test_without_slurm_it_is_said_before_anything_is_asked(elk_slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(AdapterError, match="sbatch is not installed: run douka on a machine that submits"):
        Elk(elk_slot("well", RUNNER))


@pytest.fixture
def loopback_slurm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A SLURM cluster of this machine: its own configuration, keys, ports and folder; ended with the test."""
    # Short, because the path of a socket is; pytest's folders may not be.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    (folder / "state").mkdir()
    (folder / "spool").mkdir()
    (folder / "munge.key").touch(mode=0o600)
    (folder / "munge.key").write_bytes(secrets.token_bytes(256))
    host = socket.gethostname().partition(".")[0]
    first, second = free_ports()
    text = CONFIGURATION.format(host=host, user=getpass.getuser(), first=first, second=second, folder=folder)
    (folder / "slurm.conf").write_text(text)
    monkeypatch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    running: list[subprocess.Popen[bytes]] = []
    with (folder / "daemons.log").open("wb") as log:
        try:
            for daemon in (munged(folder), ["slurmctld", "-D"], ["slurmd", "-D"]):
                running += [subprocess.Popen(daemon, stdout=log, stderr=log, start_new_session=True)]
            until(lambda: "idle" in said("sinfo", "--noheader", "--format=%T"))
            yield
        finally:
            said("scancel", f"--user={getpass.getuser()}")
            for process in reversed(running):
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
    shutil.rmtree(folder, ignore_errors=True)  # the last step may still be ending


def munged(folder: Path) -> list[str]:
    files = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    return ["munged", "--foreground", "--force", *(f"--{name}={folder}/munge.{end}" for name, end in files.items())]


def free_ports() -> list[int]:
    sockets = [socket.socket() for _ in range(2)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def said(*words: str) -> str:
    return subprocess.run(words, check=False, capture_output=True, text=True, timeout=PATIENCE).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("slurm_daemons", "loopback_slurm")
def test_slurm_itself(elk_slot, bench) -> None:
    """Two answers, a failure, a cancelled job, and one that is found again, on a real cluster of one node."""
    here = bench(elk_slot("well", {"kind": "slurm", "preamble": ["export NOTE=1"], "time_limit_seconds": 60}))
    first, second = here.request(0.25, 0), here.request(0.5, 1)
    again = here.again()
    again.submit(first)
    again.submit(second)
    until(lambda: len(answers(here)) == 2)
    assert {found.x for found in answers(here)} == {(0.25,), (0.5,)}
    assert len(said("squeue", "--noheader", "--states=all", "--format=%i").split()) == 2

    hanging = bench(elk_slot("hang", RUNNER))
    request = hanging.request(0.75, 2)
    until(lambda: "running" in hanging.adapter.poll()[request.id])
    until(lambda: any(hanging.jobs().glob("seen")))
    hanging.adapter.cancel(request.id)
    until(lambda: not said("squeue", "--noheader", "--states=RUNNING,COMPLETING", "--format=%i").split())

    crashing = bench(elk_slot("crash", RUNNER))
    crashing.request(0.75, 3)
    until(lambda: bool(answers(crashing)))
    assert "ended with status 9" in answers(crashing)[0].reason


@pytest.mark.slow
@pytest.mark.usefixtures("slurm_daemons", "loopback_slurm")
def test_slurm_takes_a_job_away(elk_slot, bench) -> None:
    """Somebody cancels it behind our back: there is no accounting here, but the queue remembers for a while."""
    here = bench(elk_slot("hang", RUNNER))
    request = here.request()
    until(lambda: "running" in here.adapter.poll()[request.id])
    said("scancel", f"--user={getpass.getuser()}")
    until(lambda: bool(answers(here)))
    (found,) = answers(here)
    # Leaves of the tree are told to end first: the script may say how its program ended before it has to end itself.
    assert "CANCELLED" in found.reason or "ended with status 143" in found.reason
