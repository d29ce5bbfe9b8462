"""``douka notify``: who is told, and a try of it by real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from typer.testing import CliRunner

from flows.cli import app as cli

MakeCampaign = Callable[..., Path]
NOTIFY = ("[stop]", '[notify]\nto = ["env:DOUKA_TEST_WEBHOOK"]\n\n[stop]')


class Receiver(Protocol):
    messages: list[dict[str, Any]]
    refuses: bool


def _said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["notify", *words])
    return done.exit_code, done.output


def test_a_message_is_sent_to_try_it(make_campaign: MakeCampaign, webhook: Receiver) -> None:
    folder = str(make_campaign(NOTIFY))
    code, output = _said(folder)
    assert code == 0
    assert "env:DOUKA_TEST_WEBHOOK  0" in output
    assert webhook.messages == []
    assert _said(folder, "--test") == (0, "env:DOUKA_TEST_WEBHOOK: taken\n")
    assert [message["title"] for message in webhook.messages] == ["tiny: a test"]
    webhook.refuses = True
    assert _said(folder, "--test") == (1, "env:DOUKA_TEST_WEBHOOK: the message was not taken (it answered 500)\n")


def test_a_script_can_ask_and_try(make_campaign: MakeCampaign, webhook: Receiver) -> None:
    folder = str(make_campaign(NOTIFY))
    code, output = _said(folder, "--json")
    assert (code, json.loads(output)["waiting"]) == (0, {"env:DOUKA_TEST_WEBHOOK": 0})
    assert json.loads(output)["automations"] is None, "no server is at work"
    webhook.refuses = True
    code, output = _said(folder, "--test", "--json")
    assert (code, "500" in json.loads(output)["problems"]["env:DOUKA_TEST_WEBHOOK"]) == (1, True)


def test_nobody_to_tell(make_campaign: MakeCampaign) -> None:
    code, output = _said(str(make_campaign()), "--test")
    assert code == 0
    assert "tells nobody" in output


@pytest.mark.usefixtures("webhook")
def test_a_missing_variable_is_named(make_campaign: MakeCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOUKA_TEST_WEBHOOK")
    code, output = _said(str(make_campaign(NOTIFY)), "--test")
    assert code == 1
    assert "the environment variable DOUKA_TEST_WEBHOOK is not set" in output
