"""What a campaign takes from the environment reaches those who need it, and no byte beside the history."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.instruments.station.station import Station
from adapters.simulators.codes import Elk
from adapters.simulators.function import Function
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.history import History
from loop.protocols import SlotContext
from loop.records import Result
from loop.secret import disclosed
from loop.session import Session
from loop.testing import request_at, slot_context

VALUE = "it's a correct-horse"
REFERENCE = {"env": "DOUKA_TEST"}
FUNCTIONS = f"""
def known(a, token):
    assert token == {VALUE!r}
    return {{"value": 2.2 + a, "note": f"asked with {{token}}"}}

def refused(a, token):
    raise PermissionError(f"{{token}} is not known here")
"""
DEVICE = f"""
class Meter:
    def __init__(self, name, password):
        assert password == {VALUE!r}
        self.name, self.password = name, password

    def describe(self):
        return {{"meter": {{"source": "", "dtype": "number", "shape": [], "units": "muB"}}}}

    def read(self):
        raise ConnectionError(f"login {{self.password!r}} refused")
"""
SLOTS = """
[[simulators]]
name = "threads"
adapter = "function"
target = "calculated"
start = 2
options.function = "functions.py:known"
options.runner = { kind = "threads" }
options.arguments = { token = { env = "DOUKA_TEST" } }

[[simulators]]
name = "threads-refused"
adapter = "function"
target = "calculated"
start = 1
options.function = "functions.py:refused"
options.runner = { kind = "threads" }
options.arguments = { token = { env = "DOUKA_TEST" } }

[[simulators]]
name = "processes"
adapter = "function"
target = "calculated"
start = 1
options.function = "functions.py:refused"
options.arguments = { token = { env = "DOUKA_TEST" } }

[[instruments]]
name = "laboratory"
adapter = "station"
target = "measured"
start = 1

[instruments.options]
steps = [{ read = "meter" }]
result = { signal = "meter" }
executor = "plain"

[instruments.options.devices.meter]
driver = "object"
options = { kind = "meter_of_a_test:Meter", arguments = { password = { env = "DOUKA_TEST" } } }

"""
ASKED = {"threads", "threads-refused", "processes", "laboratory"}


@pytest.fixture
def campaign(make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Functions and a station that are told a secret, and speak of it."""
    folder = make_campaign()
    file = folder / "campaign.toml"
    before, _, after = file.read_text(encoding="utf-8").partition("[[simulators]]")
    file.write_text(before + SLOTS + after[after.index("[stop]") :], encoding="utf-8")
    (folder / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    (folder / "meter_of_a_test.py").write_text(DEVICE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    return Campaign.load(folder)


def test_no_adapter_writes_it_down(campaign: Campaign, tmp_path: Path) -> None:
    end, answered = time.monotonic() + 240, {}
    with Session(campaign, tmp_path / "history") as session:
        while answered.keys() < ASKED:
            assert time.monotonic() < end, session.waiting_for()
            session.step()
            time.sleep(0.1)
            answered = {each.adapter: each for each in session.state.requests.values() if not each.status.is_open}
        reasons = {item.provenance.adapter: item.reason for item in session.state.quarantine}
    with History.open(tmp_path / "history") as history:
        sealed = repr(list(history.records()))
    assert "asked with (a secret)" in sealed, "the function was told it"
    assert "PermissionError: (a secret) is not known here" in reasons["threads-refused"]
    assert "PermissionError: (a secret) is not known here" in reasons["processes"]
    assert 'login "(a secret)" refused' in reasons["laboratory"]
    assert "correct-horse" not in sealed
    files = [file for file in (tmp_path / "history").rglob("*") if file.is_file()]
    assert {"station.json", "point.json", "answer.json", "stderr.txt"} <= {file.name for file in files}
    assert [file for file in files if b"correct-horse" in _content(file)] == []


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # of something that is at work still: its file has its name by now
        return b""


def given(folder: Path, options: dict[str, Any]) -> SlotContext:
    return slot_context(folder, options=disclosed(options, "slot"))


def test_a_function_elsewhere_says_which_variable_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    options = {"function": "functions.py:known", "runner": {"kind": "local"}, "arguments": {"token": REFERENCE}}
    adapter = Function(given(tmp_path, options))
    monkeypatch.delenv("DOUKA_TEST")
    adapter.submit(request_at(adapter._context, [0.5]))
    end = time.monotonic() + 60
    while not (found := list(adapter.collect())):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert not isinstance(found[0], Result)
    assert "options.token: the environment variable DOUKA_TEST is not set" in found[0].reason


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"code": {"command": [REFERENCE]}}, r"options\.code:"),
        ({"code": {"species": REFERENCE}}, r"options\.code:"),
        ({"runner": {"kind": "slurm", "preamble": [REFERENCE]}}, r"options\.runner\.slurm\.preamble:"),
    ],
)
def test_what_is_written_into_each_job_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], key: str
) -> None:
    monkeypatch.setenv("DOUKA_TEST", VALUE)
    with pytest.raises(CampaignError, match=rf"{key} .*folder of each job.*takes no \{{ env = … \}}.*\(a secret\)"):
        Elk(given(tmp_path, options))


def test_a_supervisor_reads_the_options_that_the_station_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.instruments.station.options import kept_options

    monkeypatch.setenv("DOUKA_TEST", VALUE)
    device = {"driver": "object", "options": {"kind": "a:B", "arguments": {"password": REFERENCE}}}
    options = {"devices": {"meter": device}, "steps": [{"read": "meter"}], "result": {"signal": "meter"},
               "lock": "furnace.lock"}  # fmt: skip
    station = Station(given(tmp_path, options))
    kept = kept_options(tmp_path / "adapters" / "slot")
    assert kept == station._options
    assert kept.devices["meter"].options["arguments"] == {"password": VALUE}
    assert kept.lock == str(tmp_path / "furnace.lock")
