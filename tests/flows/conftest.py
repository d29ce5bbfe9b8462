"""Programs that run and serve the tiny campaign in processes of their own, as a user's shell would."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.session import Session

RUN = """
import sys
from pathlib import Path
from flows.campaign_flow import run_campaign
from loop.campaign import Campaign
campaign, history, home, *flags = sys.argv[1:]
say = lambda record, session: print(f"cycle {record.number}", flush=True)
hush = lambda session: print("waiting", flush=True)
run_campaign(Campaign.load(Path(campaign)), Path(history), prefect_home=Path(home), on_cycle=say, on_wait=hush,
             once="once" in flags)
"""
SERVE = """
import sys
from datetime import timedelta
from pathlib import Path
from flows import serving
from flows.serving import serve_campaign
from loop.campaign import Campaign
serving.PAGES_PORT = {port}
campaign, history, home, seconds = sys.argv[1:]
serve_campaign(Campaign.load(Path(campaign)), Path(history), every=timedelta(seconds=float(seconds)),
               prefect_home=Path(home))
""".format(port=4201 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]))
"""A server that is started again wants its port again: tests of another worker must not have taken it meanwhile."""

Program = Callable[..., "subprocess.Popen[str]"]
Digest = Callable[[Path], str]
PATIENCE = 120_000
"""Milliseconds after which something that was waited for will not come: a busy machine is slow."""


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of Prefect's for all tests: its database is made once, which takes seconds."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Start a program; whatever of it lives at the end of the test is ended."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error::UserWarning:flows", "-c", code, *map(str, arguments)]
        with (tmp_path / f"stderr-{len(started)}.txt").open("wb") as errors:
            process = subprocess.Popen(
                command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="session")
def run_code() -> str:
    """Arguments: campaign, history, home; ``once``."""
    return RUN


@pytest.fixture(scope="session")
def serve_code() -> str:
    """Arguments: campaign, history, home, seconds."""
    return SERVE


@pytest.fixture(scope="session")
def digest() -> Digest:
    """Digest of a history."""

    def of(path: Path) -> str:
        with History.open(path) as history:
            return history.digest()

    return of


@pytest.fixture(scope="session")
def plain_digest(digest: Digest) -> Callable[[Path, Path], str]:
    """Digest of the history that the plain loop makes of a campaign, without Prefect."""

    def of(campaign: Path, history: Path) -> str:
        with Session(Campaign.load(campaign), history) as session:
            while not session.is_over:
                assert session.step() is not None, "the tiny campaign answers at once"
        return digest(history)

    return of


@pytest.fixture(scope="session")
def servers() -> Callable[[Path], list[int]]:
    """Process ids of the Prefect servers of a folder."""

    def of(home: Path) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "flows.server_process" in words and str(home) in words:
                found.append(int(folder.name))
        return found

    return of


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool], float], None]:
    """Wait until something holds; fail where it does not in time."""

    def wait(holds: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"not within {seconds:g} s"
            time.sleep(0.1)

    return wait


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium, driven by playwright."""
    chromium = shutil.which("chromium")
    if chromium is None:
        message = "chromium is not installed, apt-get install -y --no-install-recommends chromium fonts-dejavu-core"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    name = "playwright.sync_api"
    driving = importlib.import_module(name) if os.environ.get("CI") else pytest.importorskip(name)
    with driving.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE)
        yield started
        started.close()
