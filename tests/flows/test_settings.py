"""What Prefect is told, and that it is told in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import client_settings, default_home, environment, server_settings

PREFECT_READS = """
import json, sys
from pathlib import Path
from flows.settings import client_settings, environment, server_settings
home = Path(sys.argv[1])
with environment(server_settings(home, 4321, pages=True) | client_settings(home, 4321, quiet=True)):
    from prefect.settings import get_current_settings
    from prefect._internal.analytics import is_telemetry_enabled
    settings = get_current_settings()
    more = {"tracked": is_telemetry_enabled(), "database": settings.server.database.connection_url.get_secret_value()}
    print(json.dumps(settings.model_dump(mode="json") | more))
"""


@pytest.mark.parametrize("module", ["flows", "flows.settings", "flows.campaign_flow", "flows.serving", "flows.server"])
def test_prefect_is_imported_late(module: str) -> None:
    code = f"import sys, {module}; assert not [m for m in sys.modules if m.split('.')[0] == 'prefect']"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_scheduled_cycle_starts_without_what_it_rarely_needs() -> None:
    """Every served cycle is a process of its own: what it imports is the time from an event to its cycle."""
    late = ("scipy.stats", "matplotlib", "pymatgen", "pandas", "h5py")
    code = f"import sys, flows.served; print([name for name in {late!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prefect_reads_what_it_is_told(tmp_path: Path) -> None:
    foreign = {"PREFECT_API_URL": "http://192.0.2.1/api", "PREFECT_API_KEY": "secret", "PREFECT_PROFILE": "work"}
    done = subprocess.run(
        [sys.executable, "-c", PREFECT_READS, tmp_path / "home"],
        env={**os.environ, **foreign},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    read = json.loads(done.stdout)
    assert read["api"]["url"] == "http://127.0.0.1:4321/api"
    assert read["api"]["key"] is None
    assert read["home"] == str(tmp_path / "home")
    assert read["database"] == f"sqlite+aiosqlite:///{tmp_path / 'home' / 'prefect.db'}"
    assert not read["tracked"]
    assert not read["server"]["analytics_enabled"]
    assert not read["telemetry"]["enable_resource_metrics"]
    assert not read["server"]["ephemeral"]["enabled"]
    assert not read["client"]["server_version_check_enabled"]
    assert not read["logging"]["to_api"]["enabled"]
    server = read["server"]
    assert server["api"]["host"] == "127.0.0.1"
    assert server["api"]["cors_allowed_origins"] == "http://127.0.0.1:4321"
    assert server["ui"]["api_url"] == "http://127.0.0.1:4321/api"
    assert not server["ui"]["show_promotional_content"]
    assert server["concurrency"]["lease_storage"].endswith(".filesystem")
    assert not server["services"]["event_persister"]["enabled"]
    assert not server["services"]["cancellation_cleanup"]["enabled"]
    assert server["services"]["db_vacuum"]["enabled"] == ["flow_runs"]
    assert server["services"]["db_vacuum"]["retention_period"] == "P30D"
    assert read["results"]["default_serializer"] == "json"


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://192.0.2.1/api")
    monkeypatch.setenv("NO_PROXY", "example.org")
    before = dict(os.environ)
    with environment(client_settings(tmp_path, 4321, quiet=True)):
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
        assert os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"
        assert os.environ["DO_NOT_TRACK"] == "1"
    assert dict(os.environ) == before


def test_an_embedded_server_shows_no_pages(tmp_path: Path) -> None:
    assert server_settings(tmp_path, 1, pages=False)["PREFECT_UI_ENABLED"] == "false"
    assert "PREFECT__SERVER_EPHEMERAL" not in server_settings(tmp_path, 1, pages=True)


def test_prefect_lives_in_the_workspace(tmp_path: Path) -> None:
    assert default_home(tmp_path / "workspace" / "histories" / "a") == tmp_path / "workspace" / ".prefect"
    assert default_home(tmp_path / "elsewhere") == tmp_path / ".prefect"
