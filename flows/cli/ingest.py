"""``douka ingest``: a measurement file, what it says, and into which campaign it goes."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

import typer

from adapters.magnetometry.column import Mode
from adapters.magnetometry.specimen import edges_in_mm, mass_in_mg
from adapters.worksheets import Answer, hand_over
from adapters.worksheets.checking import molar_mass
from adapters.worksheets.measured import answer_of
from adapters.worksheets.reducing import Reduced, reduced
from flows.cli.ingested import as_plain, draw_understood, print_understood
from flows.cli.output import print_json
from flows.cli.pictures import drawable, writing
from flows.cli.places import find_place
from flows.cli.takein import take_in
from flows.cli.worksheet import open_requests, slots_of
from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.protocols import SlotContext
from loop.records import Request, Sample, sample_id
from loop.slots import context_of
from loop.space import Formula


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a person states beside the file.

    Parameters
    ----------
    mass, size
        With units: ``54.86 mg``, ``1.98x1.99x2.70 mm``; None where the file says it.
    temperature
        In K, of the curve M(H) that is meant.
    mode, part, unit
        Which moments, which measurement, in which unit.
    request, formula, slot
        What it answers, or what was measured unasked; and which slot takes it.
    sample, by
        The laboratory's name of the sample; who measured.
    """

    mass: str | None = None
    size: str | None = None
    temperature: float | None = None
    mode: str | None = None
    part: int | None = None
    unit: str | None = None
    request: str | None = None
    formula: str | None = None
    slot: str | None = None
    sample: str = ""
    by: str = ""


@dataclass(frozen=True)
class Goal:
    """Where a value goes.

    Parameters
    ----------
    context
        Of the slot.
    request
        That it answers, or None.
    x
        The point.
    """

    context: SlotContext
    request: Request | None
    x: tuple[float, ...]

    @property
    def words(self) -> str:
        """Say it to a person."""
        asked = f"{self.request.id}, " if self.request is not None else "no request; "
        return f"{asked}{self.context.space.label(self.x)}, by slot {self.context.slot}"

    @property
    def plain(self) -> dict[str, object]:
        """Say it in JSON."""
        request = None if self.request is None else self.request.id
        return {"request": request, "what": self.context.space.label(self.x), "slot": self.context.slot}


def ingest_command(
    file: Path, name: str | None, history: Path | None, stated: Stated, out: Path | None, *, yes: bool, as_json: bool
) -> None:
    """Show what a file says; then, if a campaign is named and nobody objects, hand it over and do a cycle."""
    picture = drawable(out or Path(f"{file.name.split('.')[0]}.png"))
    place = None if name is None else find_place(name, history)
    campaign = None if place is None else Campaign.load(place.campaign)
    goal = None if place is None or campaign is None else _goal(campaign, place.history, stated, open_requests(place))
    found = _reduced(file, stated, goal)
    with writing(picture):
        draw_understood(found, file, picture)
    if not as_json:
        print_understood(found, picture, None if goal is None else goal.words)
    admitted = ""
    if goal is not None and campaign is not None and place is not None and (yes or (not as_json and _confirmed(goal))):
        hand_over(goal.context.state, _answer(found, file, goal, stated))
        admitted = take_in(campaign, place, quiet=as_json)
    if as_json:
        print_json(
            {
                **as_plain(found),
                **(goal.plain if goal is not None else {}),
                "picture": str(picture),
                "admitted": admitted,
            }
        )


def _confirmed(goal: Goal) -> bool:
    what = goal.request.id if goal.request is not None else goal.context.space.label(goal.x)
    return typer.confirm(f"Take this as the answer to {what}?")


def _goal(campaign: Campaign, history: Path, stated: Stated, asked: list[Request]) -> Goal:
    slots = slots_of(campaign)
    request = next((each for each in asked if each.id == stated.request), None)
    if stated.request is not None and request is None:
        there = ", ".join(each.id for each in asked if each.adapter in slots) or "none"
        raise DataError(f"--request {stated.request}: no such request is open; there are {there}")
    slot = stated.slot or (request.adapter if request is not None else slots[0])
    if slot not in slots or (stated.slot is None and request is None and len(slots) > 1):
        raise CampaignError(f"--slot {slot}: expected one of the slots with adapter = 'worksheet': {', '.join(slots)}")
    context = context_of(campaign, slot, history)
    if request is not None:
        return Goal(context, request, request.x)
    if stated.formula is None:
        raise DataError("say what was measured: --request ID where it was asked for, else --formula, as in Nd2Fe14B")
    amounts = Formula.parse(stated.formula, ()).amounts(())
    return Goal(context, None, campaign.space.point_of(amounts)[0])


def _reduced(file: Path, stated: Stated, goal: Goal | None) -> Reduced:
    mass = None if stated.mass is None else mass_in_mg(stated.mass)
    if stated.mass is not None and mass is None:
        raise DataError(f"--mass {stated.mass!r}: expected a positive mass with its unit, such as '54.86 mg'")
    edges = None if stated.size is None else edges_in_mm(stated.size)
    if stated.size is not None and edges is None:
        raise DataError(
            f"--size {stated.size!r}: expected three edges such as '1.98x1.99x2.70 mm', the last along the field"
        )
    if stated.mode is not None and stated.mode not in {*Mode}:
        raise DataError(f"--mode {stated.mode}: expected one of {', '.join(Mode)}")
    if goal is not None and stated.unit not in {None, goal.context.unit}:
        raise DataError(f"--unit {stated.unit}: the campaign wants {goal.context.unit}")
    options = goal.context.options if goal is not None else {}
    return reduced(
        file,
        goal.context.unit if goal is not None else stated.unit,
        molar_mass=molar_mass(goal.context, goal.x) if goal is not None else None,
        mass_mg=mass,
        size_mm=edges,
        temperature=stated.temperature or options.get("temperature"),
        mode=stated.mode,
        part=stated.part,
    )


def _answer(found: Reduced, file: Path, goal: Goal, stated: Stated) -> Answer:
    own = sample_id(goal.request.repeats or goal.request.id) if goal.request is not None else ""
    return answer_of(
        found,
        file,
        goal.context,
        goal.request,
        x=None if goal.request is not None else goal.x,
        sample=Sample(id=own, laboratory_id=stated.sample),
        person=stated.by or getpass.getuser(),
        note="by douka ingest",
    )
