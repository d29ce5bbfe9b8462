"""Secrets are named, not written, and never reach the history."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.options import Options, parse_options
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.protocols import SlotContext
from loop.secret import concealed, disclosed, holds_secret, secrets_of, undisclosed
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


def test_what_is_written_down_refers_to_the_environment_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    options = {"a": {"env": "DOUKA_TEST"}, "b": {"c": [{"env": "DOUKA_TEST"}, 1]}, "d": {"env": "x", "more": 2}}
    assert undisclosed(disclosed(options, "slot")) == options
    assert undisclosed(copy.deepcopy(disclosed(options, "slot"))) == options
    assert [holds_secret(value) for value in disclosed(options, "slot").values()] == [True, True, False]


@pytest.mark.parametrize("value", [VALUE, 'it\'s "quoted"', "back\\slash", "a b/c?d", "größer"])
def test_it_is_concealed_however_it_is_spelled(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DOUKA_TEST", value)
    secrets = secrets_of('options = { password = { env = "DOUKA_TEST" } }')
    for said in (value, repr(ValueError(value)), json.dumps({"a": value}), f"https://x.example/?key={quote(value)}"):
        assert concealed(said, secrets).count("(a secret)") == 1, said


LOCKED = f"""
from dataclasses import replace
from loop.errors import NotSentError
from adapters.options import parse_options
from adapters.simulators.pool import Pool, PoolOptions

class Login(PoolOptions):
    password: str

class Locked(Pool):
    def __init__(self, context):
        options = parse_options(Login, context)
        assert options.password == {VALUE!r}
        super().__init__(replace(context, options={{"table": options.table}}))


class Talkative(Locked):
    says = ""

    def submit(self, request):
        if self.says == "submit":
            raise RuntimeError("login with {VALUE} refused")
        if self.says == "not sent":
            raise NotSentError("login with {VALUE} not possible")
        super().submit(request)

    def collect(self):
        if self.says == "collect":
            raise ValueError("login with {VALUE} refused")
        if self.says == "away":
            raise ConnectionError("login with {VALUE} not possible")
        return super().collect()

    def poll(self):
        return dict.fromkeys(super().poll(), "logged in with {VALUE}")
"""

Install = Callable[..., Path]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, make_campaign: Callable[..., Path], tmp_path: Path) -> Install:
    """Install the adapters above, and give the folder of a campaign with one of them, which is told the secret."""

    def make(adapter: str) -> Path:
        site = tmp_path / "site"
        installed = site / "locked-1.0.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: locked\nVersion: 1.0\n")
        (installed / "entry_points.txt").write_text(f"[douka.simulators]\nlocked = locked_pool:{adapter}\n")
        (site / "locked_pool.py").write_text(LOCKED)
        monkeypatch.delitem(sys.modules, "locked_pool", raising=False)
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("DOUKA_TEST", VALUE)
        options = 'options = { table = "calculations.csv", password = { env = "DOUKA_TEST" } }'
        return make_campaign(('adapter = "pool"', 'adapter = "locked"'), (OPTIONS, options))

    return make


def _contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("says", "words"),
    [("submit", "refused"), ("not sent", "not possible"), ("collect", "refused"), ("away", "not possible")],
)
def test_what_an_adapter_says_of_it_is_concealed(
    install: Install, monkeypatch: pytest.MonkeyPatch, says: str, words: str
) -> None:
    """In what is sealed, in what is kept beside it until then, and in what is shown."""
    folder = install("Talkative")
    path, told = folder / "history", ""
    with Session(Campaign.load(folder), path) as session:
        monkeypatch.setattr(type(session._adapters["cluster"]), "says", says)
        for _ in range(3):
            told += repr([session.waiting_for(), session.troubles, *_contents(path)])
            session.step()
        told += repr(list(session.history.records()))
    assert f"login with (a secret) {words}" in told
    assert "logged in with (a secret)" in told or says != "collect", "how requests stand"
    assert VALUE not in told


def test_the_history_holds_no_byte_of_it(install: Install) -> None:
    folder = install("Locked")
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
        assert session.state.next_cycle > 2
    contents = _contents(folder / "history")
    assert any(b"DOUKA_TEST" in content for content in contents), "the text of the campaign is kept"
    assert not any(VALUE.encode() in content for content in contents)
