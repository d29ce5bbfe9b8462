"""Everything Prefect is told, before it is imported: where its state lives, whom it may talk to, how quiet it is.

Prefect reads its settings once, from the environment, when it is imported; :func:`environment` must be entered before.

A ``PREFECT_…`` variable of the user's own, ``PREFECT_API_URL`` above all, is put aside for as long as douka runs: a
campaign must behave the same in every shell, and a variable left over from other work would send its names and figures
to somebody else's server. Whoever wants to use a server of their own deploys ``flows.served.campaign_cycle`` there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flows.binding import LOOPBACK, is_loopback, reached_at
from flows.password import password

HEARTBEAT_SECONDS = 30
PAGES_PORT = 4200
KEPT = timedelta(days=30)
LATE_SECONDS = 300
"""A run that has not begun so long after it was due is late, and people are told: before, a busy machine is no news."""
FILE_LEASES = "prefect.server.concurrency.lease_storage.filesystem"


def api_url(port: int, host: str = LOOPBACK) -> str:
    """Address of the API of a server on this machine."""
    return f"{ui_url(port, host)}/api"


def ui_url(port: int, host: str = LOOPBACK) -> str:
    """Address of the pages of a server on this machine."""
    return f"http://{reached_at(host)}:{port}"


def common_settings(home: Path) -> dict[str, str]:
    """Settings of every process, client or server.

    Parameters
    ----------
    home
        Folder for Prefect's state; :func:`default_home` gives the usual one.
    """
    home = home.resolve()
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_RESULTS_LOCAL_STORAGE_PATH": str(home / "storage"),
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # no server but ours, whose end is tied to ours
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_LOGGING_COLORS": "false",
    }


def client_settings(home: Path, port: int, *, quiet: bool, host: str = LOOPBACK) -> dict[str, str]:
    """Settings of a process that runs flows.

    Parameters
    ----------
    home, port
        Folder and port of its server.
    quiet
        Nothing of Prefect's on the console, no logs sent to the server.
    host
        Address that the server listens on; off loopback it asks for the password of its folder.
    """
    credentials = {} if is_loopback(host) else {"PREFECT_API_AUTH_STRING": password(home)}
    return (
        common_settings(home)
        | credentials
        | {
            "PREFECT_API_URL": api_url(port, host),
            "PREFECT_LOGGING_LEVEL": "CRITICAL" if quiet else "WARNING",
            "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",  # it prints whole events when the server is away
            "PREFECT_LOGGING_TO_API_ENABLED": str(not quiet).lower(),
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # client and server are one installation
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
            "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",
        }
    )


def server_settings(
    home: Path, port: int, *, pages: bool, host: str = LOOPBACK, keep: timedelta = KEPT
) -> dict[str, str]:
    """Settings of a server.

    Parameters
    ----------
    home, port
        Its folder and port.
    pages
        Whether it shows the user interface and runs schedules, or only records the runs of one process.
    host
        Address that it listens on; off loopback it asks for the password of its folder.
    keep
        How long runs that ended are shown, with their logs and artifacts; more than an hour. Nothing of a campaign is
        lost with them.
    """
    embedded = {} if pages else {"PREFECT__SERVER_EPHEMERAL": "1"}
    credentials = {} if is_loopback(host) else {"PREFECT_SERVER_API_AUTH_STRING": password(home)}
    return (
        embedded
        | credentials
        | common_settings(home)
        | {
            "PREFECT__SERVER_FINAL": "1",
            "PREFECT_API_URL": api_url(port, host),
            "PREFECT_SERVER_API_HOST": host,
            "PREFECT_SERVER_API_PORT": str(port),
            # The default lets any web page that is open on this machine start runs.
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ui_url(port, host),
            "PREFECT_UI_ENABLED": str(pages).lower(),
            # Seen from elsewhere, this machine has names that only its pages' readers know.
            "PREFECT_UI_API_URL": api_url(port, host) if is_loopback(host) else "/api",
            "PREFECT_UI_STATIC_DIRECTORY": str(home.resolve() / "pages"),
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            # Stopping it in the middle of its own work, as is done with an embedded one, is no error to speak of.
            "PREFECT_SERVER_LOGGING_LEVEL": "ERROR" if pages else "CRITICAL",
            # Leases in memory would kill every healthy run with a limit when the server starts again.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": FILE_LEASES,
            # Events are acted on when they come; written down, they were two thirds of the database.
            "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
            # It looks, every 20 s, for work below each run that was cancelled within a day. A run that comes due while
            # one is at work is cancelled and has none; memory grew by 28 kB for each of them, and time as well.
            "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(LATE_SECONDS),
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "flow_runs",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(keep.total_seconds()),
        }
    )


@contextmanager
def environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Put settings in the place of every ``PREFECT_…`` variable, for as long as the context lasts.

    Parameters
    ----------
    settings
        As :func:`client_settings` gives them.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith("PREFECT_"):
            del os.environ[name]
    os.environ.update(settings)
    os.environ["DO_NOT_TRACK"] = "1"  # the only switch of the telemetry that Prefect sends from a terminal
    server = urlsplit(settings.get("PREFECT_API_URL", "")).hostname
    for name in ("no_proxy", "NO_PROXY"):  # a proxy would be asked for 127.0.0.1 too
        known = (before.get(name), LOOPBACK, "localhost", server if server != LOOPBACK else None)
        os.environ[name] = ",".join(filter(None, known))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def default_home(history_path: Path) -> Path:
    """Prefect's folder for a history: ``.prefect`` in its workspace, or beside the history where there is none.

    Parameters
    ----------
    history_path
        Folder of the history, such as ``workspace/histories/NAME``.
    """
    folder = history_path.resolve().parent
    return (folder.parent if folder.name == "histories" else folder) / ".prefect"
