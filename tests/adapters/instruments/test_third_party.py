"""A third party's driver package: built, installed, listed, checked and passed by its own tests."""

from __future__ import annotations

import contextlib
import json
import os
import socketserver
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "packages" / "gaussmeter"
DOUKA = ("-c", "from flows.cli import main; main()")
pytestmark = pytest.mark.slow


class Instrument(socketserver.StreamRequestHandler):
    """The instrument itself: a field that jumps to its set point."""

    def handle(self) -> None:
        field = 0.0
        with contextlib.suppress(ConnectionError):
            for line in self.rfile:
                if line.startswith(b"SOUR:FIELD "):
                    field = float(line.split()[1])
                elif line.startswith(b"MEAS:FIELD?"):
                    self.wfile.write(f"{field:.6f}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Instrument) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's wheel, in a folder of its own."""
    folder = tmp_path_factory.mktemp("third-party")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=PACKAGE, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def _run(installed: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), **more}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False, timeout=900
    )


def test_it_is_listed_with_its_distribution(installed: Path) -> None:
    done = _run(installed, *DOUKA, "adapters", "--json")
    (mine,) = [item for item in json.loads(done.stdout) if item["name"] == "tcp-gaussmeter"]
    assert mine == {
        "kind": "device",
        "name": "tcp-gaussmeter",
        "distribution": "douka-gaussmeter",
        "version": "0.3.0",
        "health": "healthy",
    }


def test_the_device_that_is_there_keeps_its_promises(installed: Path, port: int) -> None:
    words = ["--option", f"port={port}", "--signal", "tcp-gaussmeter_field", "--tolerance", "0.001", "--beyond", "9"]
    done = _run(installed, *DOUKA, "check", "tcp-gaussmeter", "--between", "0.1", "0.5", *words, "--json")
    assert done.returncode == 0, done.stderr
    outcomes = {item["name"]: item["outcome"] for item in json.loads(done.stdout)}
    assert outcomes.pop("configuration_is_sound") == "not made"
    assert set(outcomes.values()) == {"kept"}


def test_its_own_tests_pass(installed: Path, port: int) -> None:
    done = _run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PACKAGE / "tests"), PORT=str(port))
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout
