"""Where the live page of a history is, and how others know."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.artifacts.links import links
from flows.cli.status import status_command
from flows.page.address import FOLDER, announced, pages_at
from loop.campaign import Campaign

Eventually = Callable[[Callable[[], bool], float], None]
URL = "http://127.0.0.1:8737/"
HOLD = """
import sys, time
from pathlib import Path
from flows.page.address import announced
with announced(Path(sys.argv[1]), sys.argv[2]):
    print("told", flush=True)
    time.sleep(600)
"""


def told(hand: Path, capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> str:
    status_command(str(hand), None, as_json=as_json)
    return capsys.readouterr().out


def test_an_address_is_known_while_the_page_runs(
    hand: Path, eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    history = hand / "history"
    assert pages_at(history) == []
    with announced(history, URL):
        eventually(lambda: pages_at(history) == [URL], 60)
        assert f"| live page | [{URL}]({URL}) | on {socket.gethostname()} alone" in links(Campaign.load(hand), history)
        assert URL in told(hand, capsys)
        assert json.loads(told(hand, capsys, as_json=True))["pages"] == [URL]
    assert pages_at(history) == []
    assert not list((history / FOLDER).iterdir())
    assert "live page" not in told(hand, capsys)
    assert "`douka watch hand` | none runs now" in links(Campaign.load(hand), history)


def test_a_killed_page_is_known_to_be_gone(hand: Path, eventually: Eventually) -> None:
    history, other = hand / "history", "http://127.0.0.1:1/"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(history), other], stdout=subprocess.PIPE) as page:
        eventually(lambda: pages_at(history) == [other], 60)
        with announced(history, URL):
            eventually(lambda: sorted(pages_at(history)) == sorted([other, URL]), 60)
        page.kill()
    (left,) = (history / FOLDER).iterdir()
    assert pages_at(history) == []
    with announced(history, URL):
        eventually(lambda: pages_at(history) == [URL], 60)
        assert not left.exists()


def test_a_page_that_waits_for_its_first_cycle_is_known_then(
    asked: Path, tmp_path: Path, eventually: Eventually
) -> None:
    history = tmp_path / "history"
    with announced(history, URL):
        assert pages_at(history) == []
        shutil.copytree(asked / "history", history)
        eventually(lambda: pages_at(history) == [URL], 60)


def test_a_page_of_another_machine_is_not_ours(hand: Path, eventually: Eventually) -> None:
    history = hand / "history"
    with announced(history, URL):
        eventually(lambda: pages_at(history) == [URL], 60)
        (note,) = (history / FOLDER).iterdir()
        note.write_text(json.dumps({"url": URL, "machine": "elsewhere"}))
        assert pages_at(history) == []
        note.write_text("{")
        assert pages_at(history) == []


def test_a_history_that_cannot_be_written_is_shown_all_the_same(hand: Path) -> None:
    (hand / "history" / FOLDER).write_text("in the way")
    with announced(hand / "history", URL):
        assert pages_at(hand / "history") == []
