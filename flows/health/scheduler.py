"""Prefect's server: whether it can be started here, and whether its port is free."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from flows.binding import LOOPBACK
from flows.errors import SchedulerError
from flows.health.finding import Finding
from flows.server import Server, answers
from flows.settings import PAGES_PORT


def port_finding(port: int = PAGES_PORT) -> Finding:
    """Look at the port of ``douka serve``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            if answers(port):
                return Finding("port", "ok", f"{port}: a Prefect server answers, `douka serve` uses its own or another")
            remedy = "`douka serve` takes another port; end that program where you want this one."
            return Finding("port", "warn", f"{port}: another program listens", remedy)
    return Finding("port", "ok", f"{port} on loopback is free")


def server_finding(home: Path | None = None) -> Finding:
    """Start a server in a folder that is thrown away, and stop it again: some ten seconds."""
    with tempfile.TemporaryDirectory(prefix="douka-doctor-") as scratch:
        try:
            with Server(home or Path(scratch)) as server:
                server.wait()
        except (SchedulerError, OSError) as error:
            remedy = "See 'packages' above; `douka replay` and `douka report` work without it."
            return Finding("server", "problem", str(error), remedy)
    return Finding("server", "ok", "Prefect's server starts and answers on loopback")
