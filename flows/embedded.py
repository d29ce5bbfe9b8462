"""Prefect inside this process: a server of its own, settings for the time of use, failures in one word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.binding import LOOPBACK
from flows.errors import SchedulerError
from flows.server import Server, kept_running
from flows.settings import client_settings, environment


@contextmanager
def embedded_prefect(home: Path) -> Iterator[None]:
    """Give flows of this process a quiet server that ends with it.

    Parameters
    ----------
    home
        Folder for Prefect's state.

    Raises
    ------
    SchedulerError
        Where the server does not start or stops answering.
    """
    with Server(home) as server, client_of(home, server.port):
        import httpx

        server.wait()
        try:
            with kept_running(server):
                yield
        except httpx.TransportError as error:
            raise SchedulerError(
                f"the Prefect server stopped answering ({error}); see {server.log}. The history is whole: start again"
            ) from error


@contextmanager
def client_of(home: Path, port: int, host: str = LOOPBACK) -> Iterator[None]:
    """Let this process speak to a server, quietly.

    Parameters
    ----------
    home, port, host
        Of the server.
    """
    with environment(client_settings(home, port, quiet=True, host=host)):
        from prefect.context import SettingsContext, get_settings_context
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, Settings

        # Read again, for a process that had imported Prefect before; no heartbeat, whose thread costs a second a flow
        # and which the environment cannot switch off.
        settings = Settings().copy_with_update({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
        with SettingsContext(profile=get_settings_context().profile, settings=settings):
            yield
