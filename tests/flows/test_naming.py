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
    folder = make_campaign()
    campaign = Campaign.load(folder)
    assert deployment_name(campaign, folder / "history") == "tiny in history", "where it lies by default"
    others = [
        tmp_path / "one" / "history",
        tmp_path / "two" / "history",
        tmp_path / "second try",
        tmp_path / "r" / "tiny",
    ]
    names = [deployment_name(campaign, other) for other in others]
    assert len(set(names)) == len(names)
    assert [name.rpartition(" ")[0] for name in names] == [
        "tiny in history", "tiny in history", "tiny in second try", "tiny",
    ]  # fmt: skip
    (tmp_path / "link").symlink_to(others[0], target_is_directory=True)
    assert deployment_name(campaign, tmp_path / "link") == names[0], "one place, one deployment"


def test_the_history_of_a_workspace_is_named_as_its_campaign(
    make_campaign: Callable[..., Path], tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "campaigns").mkdir(parents=True)
    folder = make_campaign().rename(workspace / "campaigns" / "tiny")
    assert deployment_name(Campaign.load(folder), workspace / "histories" / "tiny") == "tiny"
