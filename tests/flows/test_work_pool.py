"""``prefect.yaml``: a deployment of one cycle a run, on a work pool, done by a process worker."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows.server import Server
from flows.settings import client_settings, environment
from loop.campaign import Campaign
from loop.history import History
from loop.session import Session

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


def _prefect(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_worker_does_the_next_cycle(
    make_campaign: Callable[..., Path], prefect_home: Path, tmp_path: Path, digest: Callable[[Path], str]
) -> None:
    campaign, history = make_campaign(), tmp_path / "history"
    told = ["--param", "campaign=tiny", "--param", "history=history"]
    with (
        Server(prefect_home, pages=True) as server,
        environment(client_settings(prefect_home, server.port, quiet=False)),
    ):
        server.wait()
        _prefect(tmp_path, "work-pool", "create", "douka", "--type", "process")
        _prefect(tmp_path, "deploy", "--prefect-file", str(ROOT / "prefect.yaml"), "--name", "two-fourteen-one", *told)
        _prefect(tmp_path, "deployment", "run", "cycle/two-fourteen-one")
        _prefect(tmp_path, "worker", "start", "--pool", "douka", "--run-once")
    with closing(sqlite3.connect(prefect_home / "prefect.db")) as database:
        # Of this deployment: other tests use the same server's folder.
        names = list(
            database.execute(
                "select name, state_type from flow_run where name like 'tiny 0%' and deployment_id = "
                "(select id from deployment where name = 'two-fourteen-one')"
            )
        )
        (options,) = database.execute("select concurrency_options from deployment where name = 'two-fourteen-one'")
        (entrypoint,) = database.execute("select entrypoint from deployment where name = 'two-fourteen-one'")
    assert names == [("tiny 0000", "COMPLETED")]
    assert "CANCEL_NEW" in options[0]
    assert entrypoint == ("flows.served.campaign_cycle",)
    with Session(Campaign.load(campaign), tmp_path / "plain") as session:
        session.step()
    assert History.open(history).next_number == 1
    assert digest(history) == digest(tmp_path / "plain")
    assert "PREFECT_API_URL" not in os.environ
