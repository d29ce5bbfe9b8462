"""A history with a value that was put aside, and its page: the answers alone, and as a browser shows it."""

import asyncio
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.page.app import application
from flows.page.guard import Token
from flows.page.viewer import Viewer
from loop.approval import decide
from loop.campaign import Campaign
from loop.records import Decision, Ruling
from loop.session import Session

PORT, TOKEN = 8737, "a-token"
PATIENCE = 120_000
"""Milliseconds after which something that was waited for will not come: a busy machine is slow."""
BY_HAND = """
title = "Iron and cobalt by hand"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 0.8] }
hours = { bounds = [2, 10], step = 2 }
treatment = { values = ["cast", "annealed"] }
[targets.M]
source = "experiment"
unit = "A.m2/kg"
[objective]
target = "M"
[[instruments]]
name = "people"
adapter = "worksheet"
target = "M"
slots = 4
start = 4
cost = 3
[approval]
experiments = true
[stop]
experiments = 20
"""


class Client:
    """Asks the page of a history, as a browser that shows it would.

    Parameters
    ----------
    path
        Folder of the history.
    """

    def __init__(self, path: Path) -> None:
        self.viewer = Viewer("tiny", path, path.parent)
        self._app = application(self.viewer, Token(TOKEN))

    def get(self, place: str, **given: Any) -> httpx.Response:
        return self._asked("GET", place, given)

    def post(self, place: str, **given: Any) -> httpx.Response:
        return self._asked("POST", place, given)

    def _asked(self, method: str, place: str, given: dict[str, Any]) -> httpx.Response:
        async def ask() -> httpx.Response:
            own = f"http://127.0.0.1:{PORT}"
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=own) as browser:
                return await browser.request(method, place, **given)

        return asyncio.run(ask())


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Path:
    """Campaign folder; ``history`` in it: finished, and the last measurement is a thousand times too large."""
    folder = write_tiny(tmp_path_factory.mktemp("page") / "tiny")
    file = folder / "measurements.csv"
    lines = file.read_text().splitlines()
    with Session(Campaign.load(folder), folder / "history") as session:
        while len(session.state.values_of("measured")) < 3:
            session.step()
    spoilt = [",".join([a, f"{1000 * float(value):g}", *rest]) for a, value, *rest in (x.split(",") for x in lines[1:])]
    file.write_text("\n".join([lines[0], *spoilt, ""]))
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over and not session.state.quarantine:
            session.step()
        assert session.state.quarantine
    file.write_text("\n".join([*lines, ""]))
    return folder


@pytest.fixture
def campaign(made: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Campaign folder; ``history`` in it: two requests wait for approval, two for people who measure."""
    folder = tmp_path_factory.mktemp("asked") / "hand"
    folder.mkdir()
    (folder / "campaign.toml").write_text(BY_HAND, encoding="utf-8")
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
        for each in session.state.awaiting_approval[:2]:
            decide(folder / "history", Decision(request_id=each.id, ruling=Ruling.APPROVED, person="Anna"))
        session.step()
    return folder


@pytest.fixture
def hand(asked: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(asked, tmp_path / "hand"))


@pytest.fixture(scope="session")
def client_of() -> Callable[[Path], Client]:
    """Ask the page of a history."""
    return Client


@pytest.fixture(scope="module")
def client(made: Path) -> Client:
    """The page of the made history; for looking only."""
    return Client(made / "history")


class Watching:
    """``douka watch`` in a process of its own."""

    def __init__(self, campaign: Path) -> None:
        self.campaign = campaign
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli import main; main()", "watch", str(campaign), "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        select.select([self.process.stdout], [], [], PATIENCE / 1000)
        self.address = re.findall(r"http://\S+", self.process.stdout.readline())[0]

    def end(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=PATIENCE / 1000)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def watching() -> Iterator[Callable[[Path], Watching]]:
    """Show campaigns, as ``douka watch`` does, until the module's tests are done."""
    started: list[Watching] = []

    def start(campaign: Path) -> Watching:
        started.append(Watching(campaign))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end()


class Tab:
    """A page of the browser, with everything that it complained of and asked for."""

    def __init__(
        self, browser: Any, address: str, width: int, height: int, pictures: Path, plots: int, **context: Any
    ) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height}, **context)
        self.plots, self.pictures = plots, pictures
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        self.settle()

    def until(self, holds: str) -> None:
        """Wait for an expression; the page's own policy forbids the driver's way of doing that."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(holds):
            assert time.monotonic() < deadline, holds
            time.sleep(0.05)

    def settle(self) -> None:
        """Until everything is drawn."""
        self.until(
            f"!document.querySelector('[aria-busy]') && [...document.querySelectorAll('.plot')].length >= {self.plots}"
            " && [...document.querySelectorAll('.plot')].every((each) => each.querySelector('.main-svg'))"
        )

    def place(self, name: str) -> Path:
        """Where a picture goes that a person may want to look at."""
        return self.pictures / name

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture
def tab(browser: Any, watched: Watching, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Open pages of what the module watches; they complain of nothing, and ask nothing of other machines."""
    opened: list[Tab] = []

    def open_(width: int = 1280, height: int = 900, place: str = "", plots: int = 5, **context: Any) -> Tab:
        opened.append(Tab(browser, watched.address + place, width, height, tmp_path, plots, **context))
        return opened[-1]

    yield open_
    for each in opened:
        each.page.close()
        foreign = [url for url in each.asked if not url.startswith((watched.address, "data:", "blob:"))]
        assert not foreign, "asked for something off this machine"
        refused = "the server responded with a status of 409 (Conflict)"  # what a person got wrong, in words
        assert not [words for words in each.complaints if refused not in words]
