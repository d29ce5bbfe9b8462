"""Every command that a script would call answers in JSON, with the keys that flows/cli/README.md names."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import typer

from flows.cli.app import app

README = Path(__file__).parents[3] / "flows/cli/README.md"
WITHOUT = {
    "serve": "runs until it is interrupted; `douka status --json` says how it stands",
    "watch": "shows a page until it is interrupted",
}


def commands(group: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))


def documented() -> dict[str, set[str]]:
    """Keys by command, from the table of the README."""
    rows = re.findall(r"^\| `douka ([^`]+)` \| (.+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: set(re.findall(r"`([^`]+)`", text)) for name, text in rows}


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(WITHOUT)))
def test_a_script_can_ask(name: str) -> None:
    assert "--json" in [option for each in COMMANDS[name].params for option in each.opts]
    assert any(row == name or row.startswith((f"{name} --", f"{name} [")) for row in documented()), "in the README"


def test_what_cannot_answer_is_named_with_the_reason() -> None:
    text = README.read_text(encoding="utf-8")
    for name, reason in WITHOUT.items():
        assert f"`{name}` {reason}" in text.replace("\n", " ")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Path:
    """A campaign with its finished history."""
    from loop.campaign import Campaign
    from loop.session import Session

    folder = write_tiny(tmp_path_factory.mktemp("json") / "tiny")
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
    return folder


@pytest.fixture
def place(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(kept, tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tiny"


ASKED = {
    "status": ("tiny",),
    "propose": ("tiny",),
    "replay": ("tiny",),
    "diff": ("tiny", "tiny"),
    "verify": ("tiny",),
    "export": ("tiny", "all.h5"),
    "pause": ("tiny", "--reason", "lunch"),
    "resume": ("tiny",),
    "stop": ("tiny", "--now"),
    "report": ("tiny", "--out", "report.svg"),
    "figures": ("tiny", "--only", "spend", "--format", "svg"),
    "observations": ("tiny",),
    "audit": ("tiny",),
    "new": ("mine",),
}


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", ASKED)
def test_the_keys_are_those_of_the_readme(name: str, douka: Callable) -> None:
    ended = douka(*name.split(), *ASKED[name], "--json")
    assert ended.code == 0, ended
    found = json.loads(ended.out)
    keys = set(found[0] if isinstance(found, list) else found)
    assert keys == documented()[name]


def test_before_the_first_run(make_campaign: Callable[..., Path], douka: Callable) -> None:
    found = json.loads(douka("status", str(make_campaign()), "--json").out)
    assert set(found) == documented()["status"]
    assert (found["served"], found["pages"], found["waiting"]) == (None, [], {})


@pytest.mark.usefixtures("place")
def test_who_serves_and_who_is_told_where_nobody_is(douka: Callable) -> None:
    assert json.loads(douka("status", "tiny", "--json").out)["served"] is None
    assert json.loads(douka("notify", "tiny", "--test", "--json").out) == {"campaign": "tiny", "problems": {}}


@pytest.mark.usefixtures("place")
def test_a_retraction(douka: Callable) -> None:
    first = json.loads(douka("observations", "tiny", "--json").out)[0]
    said = json.loads(douka("retract", "tiny", first["id"], "--reason", "cracked", "--json").out)
    assert set(said) == documented()["retract"]
    assert (said["id"], said["value"]) == (first["id"], first["value"])


@pytest.mark.usefixtures("place")
def test_a_replay_that_differs_says_so_and_fails(douka: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    again = SimpleNamespace(number=3, differences=["value: 1, again 2"])
    monkeypatch.setattr("flows.cli.replay.replay", lambda *_, **__: iter([again]))
    ended = douka("replay", "tiny", "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["equal"], said["first_different_cycle"]) == (1, False, 3)
    assert said["differences"] == ["value: 1, again 2"]
