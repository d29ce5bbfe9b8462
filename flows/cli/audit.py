"""``douka audit``."""

from __future__ import annotations

from adapters.tables.readings import campaign_readings
from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_place
from loop.campaign import Campaign
from loop.foretelling import learner
from loop.innovation import Finding, Learn, Reading, audit
from loop.magnet import Magnet, magnet_learner
from loop.quantity import plain, plus_minus


def audit_command(name: str, limit: float, *, as_json: bool) -> None:
    """List what is suspicious in a campaign's tables."""
    campaign = Campaign.load(find_place(name).campaign)
    readings = campaign_readings(campaign)
    found = audit(readings, _learner(campaign, readings), limit)
    if as_json:
        print_json({"values": len(readings), "findings": [_as_json(each) for each in found.findings]})
        return
    print_table(
        f"Beyond {limit:g} standard deviations of what the others foretell",
        ("where", "what", "value", "foretold", "z", "likely"),
        [
            (
                each.reading.place,
                _what(each.reading),
                f"{plain(each.reading.value)} {each.reading.unit}",
                plus_minus(each.expected, each.deviation),
                f"{each.z_score:+.1f}",
                each.mistake.words if each.mistake else "–",
            )
            for each in found.findings
        ],
    )
    console.print(f"{len(found.findings)} of {len(readings)} values are suspicious")


def _learner(campaign: Campaign, readings: tuple[Reading, ...]) -> Learn:
    """The law of M(T) where there are temperatures and Curie temperatures, else the campaign's model."""
    units = {target.unit for target in campaign.table.targets.values()}
    if "K" in units and any(reading.temperature is not None for reading in readings):
        return magnet_learner(Magnet.of(campaign))
    return learner(campaign)


def _what(reading: Reading) -> str:
    at = f" at {reading.temperature:g} K" if reading.temperature is not None else ""
    return f"{reading.target}{at} of {reading.label}"


def _as_json(found: Finding) -> dict[str, object]:
    return {
        "id": found.reading.id,
        "target": found.reading.target,
        "label": found.reading.label,
        "x": list(found.reading.x),
        "temperature_K": found.reading.temperature,
        "place": found.reading.place,
        "laboratory": found.reading.laboratory,
        "value": found.reading.value,
        "unit": found.reading.unit,
        "foretold": found.expected,
        "deviation": found.deviation,
        "z_score": found.z_score,
        "likely": found.mistake and {"mistake": found.mistake.kind, "words": found.mistake.words},
    }
