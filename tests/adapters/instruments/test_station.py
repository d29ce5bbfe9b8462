"""A station measures, survives its drivers, and never repeats what was cut short."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from adapters.instruments.station import supervisor
from adapters.instruments.station.lock import StationLock, is_free
from adapters.instruments.station.spool import OUTCOMES, Spool
from adapters.instruments.station.station import Station
from loop.errors import CampaignError
from loop.protocols import SlotContext
from loop.records import Failure, Result
from loop.space import Space, Variable
from loop.testing import SimulatorSuite, request_at

Contexts = Callable[..., SlotContext]


@pytest.mark.slow
class TestConformance(SimulatorSuite):
    """What every adapter must do."""

    factory = Station
    patience = 180.0

    @pytest.fixture
    def context(self, station_context: Contexts) -> SlotContext:
        return station_context()


def _outcomes(station: Station, number: int, seconds: float = 180.0) -> list[Result | Failure]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = list(station.collect())
        if len(found) == number:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {number} outcomes within {seconds} s: {station.poll()}")


def _measured(context: SlotContext, points: Sequence[float] = (0.25,)) -> list[Result | Failure]:
    station = Station(context)
    for number, a in enumerate(points):
        station.submit(request_at(context, (a,), number))
    return _outcomes(station, len(points))


def test_a_value_with_its_uncertainty_and_raw_data(station_context: Contexts) -> None:
    context = station_context()
    (result,) = _measured(context)
    assert isinstance(result, Result)
    # σ = 125 A·m²/kg at a = 0.25, tanh(1.9/0.5) = 0.999; 0.1 % noise, 1 % calibration
    assert result.value == pytest.approx(125.0, rel=0.01)
    assert result.uncertainty == pytest.approx(1.25, rel=0.2)
    raw = (context.state / "raw" / result.provenance.file).read_text().splitlines()
    assert [json.loads(line)["action"] for line in raw] == ["settings", "move", "read", "read", "read"]


@pytest.fixture
def with_kinds(station_context: Contexts) -> Contexts:
    """A station whose samples are of a kind, too."""
    space = Space((Variable("a", 0.0, 1.0), Variable.categorical("kind", ["cast", "annealed"])))
    return lambda *args: replace(station_context(*args), space=space)


def test_devices_are_told_categories_by_name(with_kinds: Contexts) -> None:
    context = with_kinds({"steps": [{"set": "vsm", "to": "1.5 + 0.8*a"}, {"read": "vsm"}]})
    station = Station(context)
    station.submit(request_at(context, (0.25, 1.0)))
    (order,) = (context.state / "queue").glob("*.json")
    found = json.loads(order.read_text())
    assert found["x"] == {"a": 0.25, "kind": "annealed"}
    assert [action.get("value") for action in found["actions"]] == [1.7, None]
    (result,) = _outcomes(station, 1)
    assert isinstance(result, Result)


def test_a_category_is_no_set_point(with_kinds: Contexts) -> None:
    with pytest.raises(CampaignError, match=r"'2.kind' names kind, expected some of a"):
        Station(with_kinds({"steps": [{"set": "vsm", "to": "2*kind"}, {"read": "vsm"}]}))


FAULTS = {
    "hang": ("hang", "no answer to 'read' within 1 s"),
    "exit": ("exit", "ended with status 0"),
    "segfault": ("crash", "SIGSEGV"),
    "nan": ("range", "expected a finite number"),
    "out_of_range": ("range", "the instrument shows -1 to 1"),
    "disconnect": ("error", "connection lost"),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind == "exit" else pytest.mark.slow) for kind in FAULTS]
)
def test_a_fault_ends_one_request_and_the_campaign_goes_on(
    station_context: Contexts, tmp_path: Path, kind: str
) -> None:
    cause, words = FAULTS[kind]
    # The first read is that of the first move's readback.
    faults = {"faults": {"read": {"2": kind}}, "faults_file": str(tmp_path / "count")}
    steps = [
        {"set": "vsm", "to": 1.9, "signal": "vsm_field", "tolerance": 0.001},
        {"read": "vsm", "timeout": 1.0 if kind == "hang" else 60.0},
    ]
    context = station_context({"steps": steps}, **faults)
    first, second = _measured(context, (0.25, 0.75))
    assert isinstance(first, Failure)
    assert words in first.reason
    assert first.reason.endswith("devices were brought to their safe state")
    assert not first.unknown
    outcome = json.loads((context.state / "outcomes" / f"{first.request_id}.json").read_text())
    assert outcome["cause"] == cause
    assert isinstance(second, Result)
    assert second.value == pytest.approx(175.0, rel=0.01)


@pytest.mark.slow
def test_a_set_point_that_is_never_reached(station_context: Contexts) -> None:
    """The instrument says done and shows the old value: the trap of MultiPyVu and others."""
    step = {"set": "vsm", "to": 1.9, "signal": "vsm_field", "tolerance": 0.001, "timeout": 2.0}
    (failure,) = _measured(station_context({"steps": [step]}, faults={"set": {"1": "stale"}}))
    assert isinstance(failure, Failure)
    assert "vsm_field shows 0 2 s after it was set to 1.9" in failure.reason


@pytest.mark.slow
def test_a_reading_that_is_not_new(station_context: Contexts) -> None:
    steps = [{"read": "vsm"}, {"wait": 0.5}, {"read": "vsm"}]
    (failure,) = _measured(station_context({"steps": steps}, device={"max_age": 0.2}, faults={"read": {"2": "stale"}}))
    assert isinstance(failure, Failure)
    assert "older than the question (stale)" in failure.reason


@pytest.mark.slow
def test_beyond_a_limit_nothing_is_sent(station_context: Contexts, tmp_path: Path) -> None:
    step = {"set": "vsm", "to": 2.5}
    context = station_context({"steps": [step]}, faults_file=str(tmp_path / "count"))
    (failure,) = _measured(context)
    assert isinstance(failure, Failure)
    assert "set point 2.5 was not sent, expected -2 to 2" in failure.reason
    assert (tmp_path / "count.set").stat().st_size == 1  # the safe state, and nothing before it


@pytest.mark.slow
def test_it_goes_on_when_the_loop_ends_and_is_found_again(station_context: Contexts) -> None:
    steps = [{"wait": 1.0}, {"read": "vsm"}]
    context = station_context({"steps": steps})
    request = request_at(context, (0.5,))
    Station(context).submit(request)
    time.sleep(0.1)
    again = Station(context)
    again.submit(request)
    (result,) = _outcomes(again, 1)
    assert isinstance(result, Result)


def test_what_is_queued_in_the_last_moment_is_measured(
    station_context: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, measured = station_context(), []
    monkeypatch.setattr(Station, "_keep_working", lambda _: None)  # a supervisor is at work
    station = Station(context)
    first, second = (request_at(context, (a,), number) for number, a in enumerate((0.25, 0.5)))
    station.submit(first)

    class Last(StationLock):
        def __exit__(self, *error: Any) -> None:
            station.submit(second)
            super().__exit__(*error)

    def measure(_options: Any, spool: Spool, name: str) -> None:
        measured.append(name)
        spool.add(OUTCOMES, name, {})

    monkeypatch.setattr(supervisor, "supervision", lambda folder, _: Last(folder / "lock"))
    monkeypatch.setattr(supervisor, "_measure_in_turn", measure)
    supervisor.main(context.state)
    assert measured == [first.id, second.id]


def _killed(context: SlotContext, request: Any) -> None:
    """Kill the supervisor in the middle of a measurement."""
    Station(context).submit(request)
    started = context.state / "started" / f"{request.id}.json"
    end = time.monotonic() + 60
    while not started.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "adapters.instruments.station.supervisor" in words and str(context.state) in words:
            os.kill(int(folder.name), signal.SIGKILL)
    while not is_free(context.state):
        time.sleep(0.02)


@pytest.mark.slow
def test_cut_short_it_is_unknown_and_not_repeated(station_context: Contexts, tmp_path: Path) -> None:
    context = station_context({"steps": [{"set": "vsm", "to": 1.0}, {"wait": 60.0}]}, faults_file=str(tmp_path / "n"))
    request = request_at(context, (0.5,))
    _killed(context, request)
    again = Station(context)
    again.submit(request)
    (failure,) = _outcomes(again, 1)
    assert isinstance(failure, Failure)
    assert failure.unknown
    assert "the measuring process ended before there was an outcome" in failure.reason
    assert (tmp_path / "n.stop").stat().st_size >= 1


@pytest.mark.slow
def test_cut_short_it_is_repeated_where_that_is_allowed(station_context: Contexts) -> None:
    context = station_context({"steps": [{"wait": 2.0}, {"read": "vsm"}], "repeatable": True})
    request = request_at(context, (0.5,))
    _killed(context, request)
    again = Station(context)
    again.submit(request)
    (result,) = _outcomes(again, 1)
    assert isinstance(result, Result)


@pytest.mark.slow
@pytest.mark.parametrize("elsewhere", [False, True])
def test_cancelled_it_stops_within_a_moment(station_context: Contexts, elsewhere: bool) -> None:
    context = station_context({"steps": [{"wait": 600.0}]})
    station = Station(context)
    request = request_at(context, (0.5,))
    station.submit(request)
    while station.poll()[request.id] != "being measured":
        time.sleep(0.05)
    (Station(context) if elsewhere else station).cancel(request.id)
    end = time.monotonic() + 60
    while not is_free(context.state):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert json.loads((context.state / "outcomes" / f"{request.id}.json").read_text())["cause"] == "cancelled"
    collected = list(station.collect())
    assert not collected or (elsewhere and isinstance(collected[0], Failure))


def test_an_instrument_in_use_is_waited_for(station_context: Contexts, tmp_path: Path) -> None:
    context = station_context({"lock": "../furnace-1.lock"})
    station, request = Station(context), request_at(context, (0.5,))
    with StationLock(tmp_path.parent / "furnace-1.lock") as lock:
        lock.sign("other/history/adapters/laboratory")
        station.submit(request)
        station.submit(given_up := request_at(context, (0.6,), 1))
        station.cancel(given_up.id)
        end = time.monotonic() + 60
        while is_free(context.state) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.5)
        assert not list((context.state / "started").iterdir())
        assert station.poll() == {
            request.id: "waiting for the instrument, which other/history/adapters/laboratory uses"
        }
    assert [item.request_id for item in _outcomes(station, 1)] == [request.id]


MISTAKES = [
    ({"lock": "nowhere/furnace.lock"}, {}, "options.lock"),
    ({"steps": [{"sett": "vsm"}]}, {}, "steps[1]: found sett, expected one of the keys"),
    ({"steps": [{"set": "vsm"}]}, {}, "steps[1].to"),
    ({"steps": [{"read": "balance"}]}, {}, "there is no device 'balance'; there are vsm"),
    ({"steps": [{"set": "vsm", "to": "2*b"}]}, {}, "names b, expected some of a"),
    ({}, {"safe": 5.0}, "safe = 5 lies outside limits"),
    ({}, {"limitz": [0, 1]}, "limitz"),
]


@pytest.mark.parametrize(("station", "device", "words"), MISTAKES)
def test_options_are_checked_at_once(
    station_context: Contexts, station: dict[str, Any], device: dict[str, Any], words: str
) -> None:
    with pytest.raises(CampaignError) as error:
        Station(station_context(station, device))
    assert words in str(error.value)
    assert "slot 'slot'" in str(error.value)


def test_two_campaigns_with_one_furnace_never_use_it_at_once(station_context: Contexts, tmp_path: Path) -> None:
    context = station_context({"lock": "../furnace-1.lock", "steps": [{"wait": 0.1}, {"read": "vsm"}]})
    campaigns = [
        replace(context, folder=tmp_path / name, state=tmp_path / name / "adapters" / "slot") for name in ("one", "two")
    ]
    for campaign in campaigns:
        campaign.folder.mkdir()
    stations = [Station(campaign) for campaign in campaigns]
    for number in range(2):
        for station, campaign in zip(stations, campaigns, strict=True):
            station.submit(request_at(campaign, (0.5,), number))
    used = []
    for station, campaign in zip(stations, campaigns, strict=True):
        for item in _outcomes(station, 2):
            times = [
                json.loads((campaign.state / part / f"{item.request_id}.json").read_text())[word]
                for part, word in (("started", "started"), ("outcomes", "finished"))
            ]
            used.append((times, campaign.folder.name))
    used.sort()
    assert len(used) == 4
    assert all(end <= start for ((_, end), _), ((start, _), _) in pairwise(used)), used
