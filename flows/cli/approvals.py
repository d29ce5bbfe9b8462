"""``douka approvals``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows.cli.deciding import known
from flows.cli.output import console, print_json, print_pairs, print_table
from loop.approval import Waiting
from loop.approval.standing import Standing, standing_of
from loop.quantity import plain
from loop.records import Decision


def approvals_command(name: str, history: Path | None, *, as_json: bool) -> None:
    """Show what waits for approval, and which decisions do not hold."""
    place = known(name, history)
    standing = standing_of(place.history)
    if as_json:
        print_json(_as_json(standing))
        return
    for each in standing.waiting:
        print_pairs(f"{each.request.id} waits for approval", _pairs(standing, each))
    print_table(
        "Decisions that do not hold",
        ("request", "what was decided", "why it does not hold"),
        [(each.request_id, str(each), each.refused) for each in standing.refused],
    )
    if not standing.waiting:
        console.print("nothing waits for approval")
        return
    undecided = [each.request.id for each in standing.waiting if each.pending is None]
    if not undecided:
        console.print(f"all are decided; the next cycle takes that in: douka run {place.called}, if none is at work")
        return
    first = undecided[0]
    console.print(f"douka approve {place.called} {first} [--set NAME=VALUE], or --all")
    console.print(f"douka reject {place.called} {first} --reason WHY")
    console.print(f"why it was chosen: douka propose {place.called} --why {first}")


def _pairs(standing: Standing, waiting: Waiting) -> list[tuple[str, str]]:
    request, space = waiting.request, standing.campaign.space
    return [
        ("what", f"{request.label} ({space.coordinates(request.x)})"),
        ("asked of", f"{request.adapter}, for {request.target}"),
        ("cost", f"{plain(request.cost)} {standing.campaign.table.cost_unit}".strip()),
        ("waits because", request.approval),
        ("chosen because", request.reason.text),
        ("since", _since(waiting)),
        ("then", _then(standing, waiting)),
    ]


def _since(waiting: Waiting) -> str:
    if waiting.since is None:
        return "an unknown time"
    hours = waiting.age(datetime.now(UTC)).total_seconds() / 3600
    return f"{waiting.since.isoformat(timespec='minutes')} ({hours:.1f} h)"


def _then(standing: Standing, waiting: Waiting) -> str:
    """What happens next: what is decided already, or what happens without an answer."""
    if waiting.pending is not None:
        return f"{waiting.pending}; the next cycle takes that in"
    table = standing.campaign.table.approval
    end = waiting.ends(table)
    if end is None:
        return "it waits for an answer"
    done = {"approve": "approved", "reject": "rejected"}[table.without_answer]
    return f"{done} without an answer by {end.isoformat(timespec='minutes')}"


def _as_json(standing: Standing) -> dict[str, object]:
    table = standing.campaign.table.approval
    return {
        "campaign": standing.campaign.name,
        "cost_unit": standing.campaign.table.cost_unit,
        "waiting": [_request(standing, each) for each in standing.waiting],
        "refused": [_decision(each) for each in standing.refused],
        "without_answer": table.without_answer,
    }


def _request(standing: Standing, waiting: Waiting) -> dict[str, object]:
    request, end = waiting.request, waiting.ends(standing.campaign.table.approval)
    pending = waiting.pending
    return {
        "id": request.id,
        "what": request.label,
        "point": standing.campaign.space.written(request.x),
        "of": request.adapter,
        "cost": request.cost,
        "because": request.approval,
        "chosen_because": request.reason.text,
        "since": None if waiting.since is None else waiting.since.isoformat(),
        "times_out": None if end is None else end.isoformat(),
        "pending": None if pending is None else {**_decision(pending.decision), "time": pending.time},
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "request": decision.request_id,
        "ruling": decision.ruling.value,
        "by": decision.person,
        "reason": decision.reason,
        "x": decision.x,
        "refused": decision.refused,
    }
