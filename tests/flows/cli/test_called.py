"""Where the history is not the usual one, every printed command names it, and every command takes it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import typer

from flows.called import called, called_of
from flows.cli.app import app
from loop.campaign import Campaign
from loop.control import Orders
from loop.session import Session

WITHOUT_HISTORY = {
    "audit", "backtest", "check", "import", "magnet crossover", "magnet figures", "magnet series", "new"
}  # fmt: skip


@pytest.fixture
def aside(make_campaign: Callable[..., Path], tmp_path: Path) -> tuple[str, str]:
    """A campaign and its history elsewhere, in a folder whose name a shell would take apart."""
    folder, history = make_campaign(("[stop]", "[approval]\nslots = ['laboratory']\n\n[stop]")), tmp_path / "exp 2"
    with Session(Campaign.load(folder), history) as session:
        session.step()
        session.step()
    return str(folder), str(history)


def _commands(text: str) -> list[str]:
    """The printed commands of this campaign, up to a comma."""
    return re.findall(r"douka (?:resume|run|serve|approvals|approve|reject|propose|quarantine) (?:/|tiny)[^,;]*", text)


def test_a_pause_is_lifted_by_the_printed_command(aside: tuple[str, str], douka: Callable) -> None:
    folder, history = aside
    said = douka("pause", folder, "--history", history).out
    (line,) = re.findall(r"To go on: (douka resume .*)", said)
    assert douka(*shlex.split(line)[1:]).code == 0
    assert Orders(Path(history)).standing() is None


@pytest.mark.parametrize(
    "words",
    [("pause",), ("stop",), ("status",), ("approvals",), ("run", "--dry-run"), ("cycle",), ("approve", "--all"),
     ("run",), ("resume",)],
)  # fmt: skip
def test_every_printed_command_names_the_history(
    aside: tuple[str, str], douka: Callable, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, history = aside
    if words[0] not in {"pause", "approvals"}:
        douka("stop", folder, "--history", history)
    monkeypatch.setattr("flows.cli.output.console._width", 400)
    ended = douka(words[0], folder, *words[1:], "--history", history)
    found = _commands(ended.out + ended.err)
    assert found, ended
    for command in found:
        assert f"--history {shlex.quote(history)}" in command, command


@pytest.mark.parametrize("command", ["observations", "quarantine", "verify", "replay"])
def test_a_list_of_another_history(aside: tuple[str, str], douka: Callable, command: str) -> None:
    folder, history = aside
    assert douka(command, folder).code == 2, "there is no usual one"
    there = douka(command, folder, "--history", history, "--json")
    assert there.code == 0, there
    assert there.out == douka(command, history, "--json").out


def test_a_value_of_another_history_is_taken_back(aside: tuple[str, str], douka: Callable) -> None:
    folder, history = aside
    first = json.loads(douka("observations", folder, "--history", history, "--json").out)[0]["id"]
    assert douka("retract", folder, first, "--history", history, "--reason", "cracked").code == 0
    assert first not in douka("observations", history, "--json").out


def _leaves(group: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from _leaves(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def test_every_command_of_a_history_takes_it() -> None:
    named = {
        name: [option for each in command.params for option in each.opts]
        for name, command in _leaves(typer.main.get_command(app))
        if "name" in [each.name for each in command.params]
    }
    assert {name for name, options in named.items() if "--history" not in options} == WITHOUT_HISTORY


def test_the_words(tiny_folder: Path) -> None:
    assert called("a b") == "'a b'"
    assert called("fe", Path("over there")) == "fe --history 'over there'"
    assert called_of(tiny_folder, tiny_folder / "history") == tiny_folder.name
    assert called_of(tiny_folder, Path("/x/y")) == f"{tiny_folder.name} --history /x/y"
