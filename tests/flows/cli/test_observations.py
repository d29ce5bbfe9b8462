"""``douka observations`` shows replicates and the drift of the standards."""

import json
from collections.abc import Callable
from pathlib import Path

from loop.campaign import Campaign
from loop.session import Session


def test_standards_and_their_drift_are_shown(douka: Callable, make_campaign: Callable[..., Path]) -> None:
    lab = 'cost = 1\nrepeats = { every = 3 }\nstandards = [{ name = "iron", every = 3, x = { a = 0 } }]\n'
    campaign = make_campaign(("cost = 1\n", lab), ("experiments = 5", "experiments = 8"))
    with Session(Campaign.load(campaign), campaign / "history") as session:
        while not session.is_over:
            session.step()
    shown = douka("observations", str(campaign))
    assert shown.code == 0
    assert "Reference standards, first to last" in shown.out
    assert "replicate" in shown.out
    listed = json.loads(douka("observations", str(campaign), "--json").out)
    iron = [each["value"] for each in listed if each["asked_as"] == "standard iron"]
    assert len(iron) == 2
    assert f"{iron[1] - iron[0]:.6g} muB/f.u." in shown.out.replace("μB", "muB")
    assert {each["asked_as"] for each in listed} == {"", "replicate", "standard iron"}
    assert listed[0]["point"] == {"a": listed[0]["x"][0]}
