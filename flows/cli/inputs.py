"""``douka inputs``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.simulators.inputs import Inputs, engines, point_named, write_inputs
from flows.cli.output import print_json, print_pairs
from flows.cli.places import Place, find_place
from loop.campaign import Campaign, Slot
from loop.errors import CampaignError, DataError
from loop.history import History
from loop.protocols import SlotContext
from loop.records import Request, Source
from loop.snapshot import folded

Options = dict[str, Any]


def inputs_command(
    name: str,
    history: Path | None,
    what: str,
    folder: Path,
    slot: str | None,
    code: str | None,
    settings: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Write the inputs of one calculation."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    request = _request(what, place)
    x = request.x if request is not None else point_named(what, campaign.space)
    adapter, context = _asked(campaign, folder, slot or (request.adapter if request else None), code, settings)
    written = write_inputs(adapter, context, x, folder)
    if as_json:
        print_json({**asdict(written), "folder": str(folder), "asked": list(x)})
    else:
        _show(written, campaign, x)


def _request(what: str, place: Place) -> Request | None:
    if not History.exists(place.history):
        return None
    with History.open(place.history) as history:
        return folded(history).requests.get(what)


def _asked(
    campaign: Campaign, folder: Path, name: str | None, code: str | None, settings: Sequence[str]
) -> tuple[str, SlotContext]:
    """Adapter and context: those of a slot, or of no slot where a code is named."""
    slot = _slot(campaign, name) if code is None else None
    target = slot.table.target if slot else _calculated(campaign)
    context = SlotContext(
        slot=slot.table.name if slot else "inputs",
        target=target,
        unit=campaign.table.targets[target].unit,
        space=campaign.space,
        folder=campaign.folder,
        state=folder,
        options=_merged(slot.table.options if slot else {}, settings),
        seed=campaign.table.seed,
    )
    return (slot.table.adapter if slot else str(code)), context


def _slot(campaign: Campaign, name: str | None) -> Slot:
    known = engines()
    able = {slot.table.name: slot for slot in campaign.slots if slot.table.adapter in known}
    if name is None and len(able) == 1:
        return next(iter(able.values()))
    if name in able:
        return able[str(name)]
    there = f"there are {', '.join(able)}: say --slot" if able else f"there is none: say --code ({', '.join(known)})"
    which = "which slot's inputs?" if name is None else f"the slot {name!r} writes no inputs;"
    raise CampaignError(f"{campaign.name}: {which} Of slots that write inputs {there}")


def _calculated(campaign: Campaign) -> str:
    for name, target in campaign.table.targets.items():
        if target.source is Source.CALCULATION:
            return name
    raise CampaignError(f"{campaign.name}: no target is calculated")


def _merged(options: Options, settings: Sequence[str]) -> Options:
    """Options with settings such as ``code.k_mesh=[4,4,4]`` put over them; what is no TOML value is text."""
    merged = json.loads(json.dumps(options))
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign or not key.strip():
            raise DataError(f"--set {setting}: expected key=value, such as code.k_mesh=[4,4,4]")
        into = merged
        *groups, last = key.strip().split(".")
        for group in groups:
            into = into.setdefault(group, {})
        into[last] = _value(value.strip())
    return dict(merged)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _show(written: Inputs, campaign: Campaign, x: tuple[float, ...]) -> None:
    label = campaign.space.label
    pairs = [("asked for", label(x)), ("crystal", f"{label(written.x)}; in the cell {written.contents}")]
    pairs += [("files", ", ".join(written.files)), ("run there", written.command)]
    print_pairs(f"{written.title} inputs in {written.folder}", pairs)
