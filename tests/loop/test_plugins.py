"""Adapters by entry point: listed without importing, one broken never stops the others."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.simulators.pool import Pool
from loop import plugins
from loop.errors import CampaignError, PluginError
from loop.plugins import installed, plugin_named
from loop.records import Source
from loop.testing import slot_context

CALCULATION = Source.CALCULATION


def _point(name: str, value: str, owner: str = "theirs") -> Any:
    """An entry point with its distribution, as importlib.metadata gives it."""
    point = EntryPoint(name, value, "douka.simulators")
    return SimpleNamespace(name=name, value=value, dist=SimpleNamespace(name=owner, version="1.2"), load=point.load)


def _register(patch: pytest.MonkeyPatch, *points: Any) -> None:
    patch.setattr(plugins, "entry_points", lambda **_: list(points))


def test_ours_are_found() -> None:
    assert {"pool", "folder"} <= set(installed(CALCULATION))
    assert "archive" in installed(Source.EXPERIMENT)
    assert plugin_named(CALCULATION, "pool").load() is Pool
    assert plugin_named(CALCULATION, "pool").distribution == "douka"


def test_listing_imports_nothing() -> None:
    code = (
        "import sys; from loop.plugins import installed; from loop.records import Source\n"
        "assert installed(Source.CALCULATION)\n"
        "bad = [m for m in sys.modules if m.startswith(('adapters', 'pymatgen', 'pytest'))]\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_absent_adapter_is_named_with_those_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match=r"no calculation adapter 'wien'; installed are .*folder.*pool"):
        plugin_named(CALCULATION, "wien")
    _register(monkeypatch)
    with pytest.raises(PluginError, match="installed are none"):
        plugin_named(CALCULATION, "wien")


def test_two_of_one_name_are_refused_with_their_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    _register(monkeypatch, _point("pool", "a:b", "ours"), _point("pool", "c:d", "theirs"))
    with pytest.raises(PluginError, match=r"'pool': ours 1\.2, theirs 1\.2; remove one"):
        plugin_named(CALCULATION, "pool")


@pytest.mark.parametrize("value", ["no_such_module:X", "loop.errors:NoSuchClass", "math:pi"])
def test_a_broken_one_is_named_and_the_others_work(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    _register(monkeypatch, _point("broken", value), _point("pool", "adapters.simulators.pool:Pool"))
    assert list(installed(CALCULATION)) == ["broken", "pool"]
    with pytest.raises(PluginError, match=f"adapter 'broken' of theirs 1.2 \\({value}\\)"):
        plugin_named(CALCULATION, "broken").load()
    assert plugin_named(CALCULATION, "pool").load() is Pool


def _given(patch: pytest.MonkeyPatch, factory: Any) -> plugins.Plugin:
    point = _point("mine", "mine:Mine")
    point.load = lambda: factory
    _register(patch, point)
    return plugin_named(CALCULATION, "mine")


@pytest.mark.parametrize("version", [0, 2, None, "1"])
def test_another_interface_version_is_refused(monkeypatch: pytest.MonkeyPatch, version: Any) -> None:
    plugin = _given(monkeypatch, type("Mine", (), {"API_VERSION": version}))
    with pytest.raises(PluginError, match=f"interface version {version}, this douka has 1"):
        plugin.load()


class Half:
    """Has one of the four methods."""

    API_VERSION = 1

    def __init__(self, context: Any) -> None:
        self.context = context

    def submit(self, request: Any) -> None:
        self.request = request


def test_what_is_no_adapter_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="slot 'slot': adapter 'mine' lacks submit, poll, collect or cancel"):
        _given(monkeypatch, Half).make(slot_context(tmp_path))


@pytest.mark.parametrize(
    ("error", "kind"), [(OSError("no device"), PluginError), (CampaignError("options.x"), CampaignError)]
)
def test_what_fails_to_start_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, kind: type[Exception]
) -> None:
    def start(_: Any) -> None:
        raise error

    start.API_VERSION = 1  # type: ignore[attr-defined]
    with pytest.raises(kind, match=str(error)):
        _given(monkeypatch, start).make(slot_context(tmp_path))
