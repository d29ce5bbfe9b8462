"""The tiny campaign, some of whose requests wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.instruments.archive import Archive
from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.records import Request

MakeCampaign = Callable[..., Path]
Asking = Callable[[str], Campaign]


@pytest.fixture
def asking(make_campaign: MakeCampaign) -> Asking:
    """Load the tiny campaign with an ``[approval]`` of some lines."""

    def load(lines: str) -> Campaign:
        return Campaign.load(make_campaign(("[stop]", f"[approval]\n{lines}\n\n[stop]")))

    return load


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Requests that adapters were given."""
    found: list[Request] = []
    submit = Pool.submit

    def noting(self: Pool, request: Request) -> None:
        found.append(request)
        submit(self, request)

    for adapter in (Pool, Archive):
        monkeypatch.setattr(adapter, "submit", noting)
    return found
