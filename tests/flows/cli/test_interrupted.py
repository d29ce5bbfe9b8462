"""Ctrl-C says what is left behind, and with which exit code."""

from collections.abc import Callable

import pytest

import flows.campaign_flow


@pytest.mark.usefixtures("workspace")
def test_run_interrupted(douka: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows.campaign_flow, "run_campaign", interrupted)
    ended = douka("run", "two-fourteen-one")
    assert ended.code == 130
    assert "everything sealed is kept" in ended.err
