"""Drivers name their library's classes in text: found late, with an error that says what to install."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from loop.errors import CampaignError, PluginError


def missing_extra(module: str, extra: str) -> str:
    """What to install for a library, or nothing where it is there.

    Parameters
    ----------
    module
        Top-level module of the library.
    extra
        The extra of douka that brings it.
    """
    return "" if find_spec(module) else f"needs {module}: pip install 'douka[{extra}]'"


def required(module: str, extra: str) -> None:
    """Refuse to go on without a library.

    Raises
    ------
    PluginError
        Naming the extra.
    """
    if words := missing_extra(module, extra):
        raise PluginError(words)


def named(path: str) -> Any:
    """Find ``package.module:Name``.

    Raises
    ------
    CampaignError
        Where there is no such thing.
    """
    module, _, name = path.partition(":")
    if not name:
        raise CampaignError(f"{path!r}: expected package.module:Name")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise CampaignError(f"{path!r} cannot be imported: {error}") from error
