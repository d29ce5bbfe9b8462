"""Names that Prefect accepts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.naming import deployment_name, prefect_name
from loop.campaign import Campaign


@pytest.mark.parametrize(("name", "accepted"), [("two-fourteen-one", "two-fourteen-one"), ("a/b%c&<d>", "a-b-c--d-")])
def test_refused_characters_are_replaced(name: str, accepted: str) -> None:
    assert prefect_name(name) == accepted


def test_each_history_has_a_deployment(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    campaign = Campaign.load(make_campaign())
    assert deployment_name(campaign, tmp_path / "tiny") == "tiny"
    assert deployment_name(campaign, tmp_path / "second try") == "tiny in second try"
