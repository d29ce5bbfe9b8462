"""A history with a value that was put aside, and the page's answers without a browser."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.page.app import application
from flows.page.guard import Token
from flows.page.viewer import Viewer
from loop.campaign import Campaign
from loop.session import Session

PORT, TOKEN = 8737, "a-token"


class Client:
    """Asks the page of a history, as a browser that shows it would.

    Parameters
    ----------
    path
        Folder of the history.
    """

    def __init__(self, path: Path) -> None:
        self.viewer = Viewer("tiny", path)
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
def client_of() -> Callable[[Path], Client]:
    """Ask the page of a history."""
    return Client


@pytest.fixture(scope="module")
def client(made: Path) -> Client:
    """The page of the made history; for looking only."""
    return Client(made / "history")
