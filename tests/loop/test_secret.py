"""Secrets are named, not written, and never reach the history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.options import Options, parse_options
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.protocols import SlotContext
from loop.secret import disclosed
from loop.session import Session

VALUE = "correct-horse-battery-staple"
OPTIONS = 'options = { table = "calculations.csv" }'


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "x"),
        ("db_password", "x"),
        ("api_key", "x"),
        ("API-Key", "x"),
        ("apikey", "x"),
        ("token", "x"),
        ("access_token", "x"),
        ("client_secret", "x"),
        ("credentials", "x"),
        ("url", "https://anna:x@server.example/path"),
        ("url", "https://hooks.slack.com/services/T0/B0/x"),
        ("key", "-----BEGIN OPENSSH PRIVATE KEY-----"),
        ("user", "ghp_0123456789abcdefghij0123456789"),
    ],
)
def test_a_recognizable_secret_is_refused_and_not_repeated(
    make_campaign: Callable[..., Path], key: str, value: str
) -> None:
    folder = make_campaign(
        (OPTIONS, f'options = {{ table = "calculations.csv", login = [{{ "{key}" = "{value}" }}] }}')
    )
    with pytest.raises(CampaignError, match=r'simulators\.0\.options\.login\.0\..* is a secret.*env = "NAME"') as error:
        Campaign.load(folder)
    assert value == "x" or value not in str(error.value)


@pytest.mark.parametrize("key", ["tokens", "keyboard", "tokenizer", "passwords_file", "secretary", "author"])
def test_what_only_sounds_like_one_is_not(make_campaign: Callable[..., Path], key: str) -> None:
    Campaign.load(make_campaign((OPTIONS, f'options = {{ table = "calculations.csv", {key} = "x" }}')))


def test_references_are_followed_at_any_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    reference = {"env": "DOUKA_TEST"}
    options = {"a": reference, "b": {"c": [reference, 1]}, "d": {"env": "x", "more": 2}, "e": {"env": {"f": "g"}}}
    assert disclosed(options, "slot") == {
        "a": VALUE,
        "b": {"c": [VALUE, 1]},
        "d": {"env": "x", "more": 2},
        "e": {"env": {"f": "g"}},
    }


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("DOUKA_TEST", raising=False)
    if value is not None:
        monkeypatch.setenv("DOUKA_TEST", value)
    with pytest.raises(CampaignError, match=r"slot 'a': options\.b\.c: the environment variable DOUKA_TEST is not set"):
        disclosed({"b": {"c": {"env": "DOUKA_TEST"}}}, "a")


def test_no_complaint_of_an_adapter_shows_it(
    monkeypatch: pytest.MonkeyPatch, make_campaign: Callable[..., Path]
) -> None:
    class Numbered(Options):
        pin: int

    monkeypatch.setenv("DOUKA_TEST", VALUE)
    campaign = Campaign.load(make_campaign())
    context = SlotContext(
        slot="cluster",
        target="calculated",
        unit="muB/f.u.",
        space=campaign.space,
        folder=campaign.folder,
        state=campaign.folder,
        options=disclosed({"pin": {"env": "DOUKA_TEST"}}, "cluster"),
        seed=0,
    )
    with pytest.raises(CampaignError, match=r"found \(a secret\)") as error:
        parse_options(Numbered, context)
    assert VALUE not in str(error.value)


LOCKED = f"""
from dataclasses import replace
from adapters.options import parse_options
from adapters.simulators.pool import Pool, PoolOptions

class Login(PoolOptions):
    password: str

class Locked(Pool):
    def __init__(self, context):
        options = parse_options(Login, context)
        assert options.password == {VALUE!r}
        super().__init__(replace(context, options={{"table": options.table}}))
"""


def test_the_history_holds_no_byte_of_it(
    monkeypatch: pytest.MonkeyPatch, make_campaign: Callable[..., Path], tmp_path: Path
) -> None:
    installed = tmp_path / "site" / "locked-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: locked\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[douka.simulators]\nlocked = locked_pool:Locked\n")
    (installed.parent / "locked_pool.py").write_text(LOCKED)
    monkeypatch.syspath_prepend(installed.parent)
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    locked = 'adapter = "locked"', 'options = { table = "calculations.csv", password = { env = "DOUKA_TEST" } }'
    folder = make_campaign(('adapter = "pool"', locked[0]), (OPTIONS, locked[1]))
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
        assert session.state.next_cycle > 2
    contents = [file.read_bytes() for file in (folder / "history").rglob("*") if file.is_file()]
    assert any(b"DOUKA_TEST" in content for content in contents), "the text of the campaign is kept"
    assert not any(VALUE.encode() in content for content in contents)
