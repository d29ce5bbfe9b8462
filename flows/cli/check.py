"""``douka check``."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from flows.cli.output import console, print_json
from flows.cli.places import find_place
from loop.errors import CampaignError

BROKEN = 1
_MARKS = {"kept": Text("kept", "green"), "broken": Text("BROKEN", "red"), "not made": Text("not made", "dim")}


def check_command(
    name: str,
    campaign: str | None,
    options: Sequence[str],
    positions: tuple[float, float] | None,
    signal: str,
    tolerance: float,
    beyond: float | None,
    settle: float,
    *,
    as_json: bool,
) -> None:
    """Hold a device against everything a device promises; exit 1 where one is broken."""
    from adapters.instruments.containment.checkup import checkup
    from adapters.instruments.containment.driver import Driver, driver_named
    from loop.device_checks import Expectations

    kind, given = _device_of(campaign, name) if campaign else (name, _options(options))
    driver = Driver(device=name, driver=kind, options=given)
    driver_named(driver.driver)
    expected = Expectations(
        positions=positions, signal=signal, tolerance=tolerance, beyond=beyond, settle_seconds=settle
    )
    found = []
    for finding in checkup(driver, expected):
        found.append(finding)
        if not as_json:
            console.print(_MARKS[finding.outcome], finding.promise, sep="  ")
            if finding.text:
                console.print(f"    {finding.text}")
    if as_json:
        print_json([asdict(finding) for finding in found])
    if any(finding.outcome == "broken" for finding in found):
        sys.exit(BROKEN)


def _options(texts: Sequence[str]) -> dict[str, Any]:
    """``key=value``, the value as in a TOML file; what is none is a text."""
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise CampaignError(f"--option {text!r}: expected KEY=VALUE, such as port=7777")
        try:
            found |= {key: tomllib.loads(f"value = {value}")["value"]}
        except tomllib.TOMLDecodeError:
            found |= {key: value}
    return found


def _device_of(campaign: str, name: str) -> tuple[str, Mapping[str, Any]]:
    """Driver and options of a device of a campaign's station."""
    from loop.campaign import Campaign

    loaded = Campaign.load(find_place(campaign).campaign)
    devices: dict[str, Any] = {}
    for slot in loaded.slots:
        devices |= slot.table.options.get("devices", {})
    if name not in devices:
        known = ", ".join(devices) or "none"
        raise CampaignError(f"{loaded.folder}: there is no device {name!r}; there are {known}")
    return str(devices[name]["driver"]), devices[name].get("options", {})
