"""Each bridge against a real peer of its protocol, on loopback, the driver contained as in a campaign."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from adapters.instruments.containment.contained import Contained, Patience
from adapters.instruments.containment.driver import Driver
from adapters.instruments.containment.fault import Cause, DeviceError
from adapters.instruments.procedures.actions import Move
from adapters.instruments.procedures.bench import Bench, DeviceTable

pytestmark = pytest.mark.slow


def needs(module: str) -> None:
    """Say which library is missing; in CI all of them are there."""
    if not find_spec(module) and not os.environ.get("CI"):
        pytest.skip(f"{module} is not installed: uv sync --group bridges")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def once(attempt: Callable[[], Any], seconds: float = 180.0) -> Any:
    """Try until it works."""
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except DeviceError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Callable[..., Contained]]:
    """Make a contained device; ended at the end."""
    made: list[Contained] = []

    def make(driver: str, **options: Any) -> Contained:
        # The first import of a large library takes its time on a busy machine.
        patience = Patience(start=180.0, action=60.0)
        device = Contained(Driver(device="d", driver=driver, options=options), tmp_path / "d.log", patience)
        made.append(device)
        return device

    yield make
    for device in made:
        device.kill()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a peer in a process of its own; ended at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str, *arguments: object, **environment: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "peer.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *map(str, arguments)],
                cwd=tmp_path,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Gaussmeter425(socketserver.StreamRequestHandler):
    """A LakeShore 425 as far as its field goes."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            for line in self.rfile:
                if line.startswith(b"RDGFIELD?"):
                    self.wfile.write(b"+1.2345E+03\n")
                elif line.startswith(b"UNIT?"):
                    self.wfile.write(b"1\n")


@pytest.fixture
def gaussmeter() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gaussmeter425) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


LINES = {"read_termination": "\n", "write_termination": "\n", "timeout": 2000}


def test_pymeasure_over_tcp(connected: Callable[..., Contained], gaussmeter: int) -> None:
    needs("pymeasure")
    device = connected(
        "pymeasure",
        instrument="pymeasure.instruments.lakeshore:LakeShore425",
        address=f"TCPIP::127.0.0.1::{gaussmeter}::SOCKET",
        signals={"field": {"property": "field", "units": "G"}},
        connection=LINES,
    )
    assert device.read()["d_field"]["value"] == 1234.5
    assert device.describe()["d_field"]["units"] == "G"


SIMULATED = """
spec: "1.0"
devices:
  meter:
    eom:
      ASRL INSTR: {q: "\\n", r: "\\n"}
    error: ERROR
    dialogues: [{q: "RDGFIELD?", r: "+2.5000E+02"}]
resources:
  ASRL1::INSTR: {device: meter}
"""


def test_pymeasure_with_pyvisa_sim(connected: Callable[..., Contained], tmp_path: Path) -> None:
    needs("pyvisa_sim")
    (tmp_path / "meter.yaml").write_text(SIMULATED, encoding="utf-8")
    device = connected(
        "pymeasure",
        instrument="pymeasure.instruments.lakeshore:LakeShore425",
        address="ASRL1::INSTR",
        visa_library=f"{tmp_path / 'meter.yaml'}@sim",
        signals={"field": {"property": "field", "units": "G"}},
    )
    assert device.read()["d_field"]["value"] == 250.0


def test_a_property_that_there_is_not(connected: Callable[..., Contained], gaussmeter: int) -> None:
    needs("pymeasure")
    with pytest.raises(DeviceError, match="LakeShore425 has no property 'moment'") as raised:
        connected(
            "pymeasure",
            instrument="pymeasure.instruments.lakeshore:LakeShore425",
            address=f"TCPIP::127.0.0.1::{gaussmeter}::SOCKET",
            signals={"moment": {"property": "moment"}},
            connection=LINES,
        )
    assert raised.value.cause is Cause.START


def test_qcodes(connected: Callable[..., Contained]) -> None:
    needs("qcodes")
    device = connected(
        "qcodes",
        instrument="qcodes.instrument_drivers.mock_instruments:DummyInstrument",
        arguments={"gates": ["field"]},
        signals={"field": "field"},
        setpoint="field",
    )
    device.act("set", 0.25)
    assert device.read()["d_field"]["value"] == 0.25
    assert device.describe()["d_field"]["units"] == "V"
    with pytest.raises(DeviceError, match="has no parameter 'moment'; it has IDN, field"):
        connected(
            "qcodes",
            instrument="qcodes.instrument_drivers.mock_instruments:DummyInstrument",
            arguments={"gates": ["field"]},
            signals={"m": "moment"},
        )


IOC = """
import sys
from caproto.server import PVGroup, pvproperty, run
class Magnet(PVGroup):
    field = pvproperty(value=0.0, name="field", units="T", lower_ctrl_limit=-2.0, upper_ctrl_limit=2.0, precision=4)
run(Magnet(prefix="douka:").pvdb, interfaces=["127.0.0.1"])
"""


@pytest.fixture
def epics(peer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A soft IOC of caproto, seen on loopback only."""
    needs("caproto")
    port = str(free_port())
    settings = {
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
        "EPICS_CA_SERVER_PORT": port,
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "OPHYD_CONTROL_LAYER": "caproto",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    peer(IOC)


@pytest.mark.usefixtures("epics")
def test_ophyd_on_epics(connected: Callable[..., Contained]) -> None:
    needs("ophyd")
    device = once(lambda: connected("ophyd", kind="ophyd:EpicsSignal", positional=["douka:field"]))
    device.act("set", 1.5)
    assert device.read()["d"]["value"] == 1.5
    assert device.describe()["d"]["units"] == "T"


@pytest.mark.usefixtures("epics")
def test_ophyd_async_on_epics(connected: Callable[..., Contained]) -> None:
    needs("ophyd_async")
    device = once(
        lambda: connected(
            "ophyd-async", kind="ophyd_async.epics.core:epics_signal_rw", positional=["float", "ca://douka:field"]
        )
    )
    device.act("set", -0.5)
    assert device.read()["d"]["value"] == -0.5
    assert device.describe()["d"]["units"] == "T"


SCAFFOLDING = """
import sys, time, MultiPyVu
with MultiPyVu.Server(flags=["-s", "PPMS"], host="127.0.0.1", port=int(sys.argv[1])):
    time.sleep(600)
"""


def test_multipyvu_with_its_traps(peer: Callable[..., Any], tmp_path: Path) -> None:
    needs("MultiPyVu")
    port = free_port()
    server = peer(SCAFFOLDING, port)
    table = DeviceTable(
        driver="multipyvu", options={"port": port, "rate": 0.1, "tries": 300}, patience={"start": 180, "action": 20}
    )
    with Bench({"d": table}, tmp_path) as bench:
        # It calls itself stable at the old value for a second; the bench looks at the reading.
        bench.move(Move(device="d", value=0.1, signal="d_field", tolerance=1e-3, timeout=60.0))
        assert abs(bench.read("d", 20.0)["d_field"]["value"] - 0.1) <= 1e-3
        server.kill()
        # The client ends the process, with status 0, or waits for ever: either is a fault within the deadline.
        with pytest.raises(DeviceError) as raised:
            [bench.read("d", 20.0) for _ in range(5)]
        assert raised.value.cause in {Cause.EXIT, Cause.HANG, Cause.ERROR}


def test_any_object(connected: Callable[..., Contained]) -> None:
    device = connected("object", kind="adapters.instruments.devices.soft_furnace:SoftFurnace")
    assert device.read()["d_temperature"]["value"] == 300.0
    with pytest.raises(DeviceError, match="'json:Magnet' cannot be imported"):
        connected("object", kind="json:Magnet")
