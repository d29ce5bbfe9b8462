"""What was asked, and what it cost."""

from __future__ import annotations

from loop.campaign import Campaign, Slot
from loop.figures.page.account import Account
from loop.figures.page.markup import pairs, section, table
from loop.figures.page.pictures import pictures
from loop.figures.style import shown_unit
from loop.quantity import plain
from loop.records import Request, Source, Status
from loop.turn import rule_of

REQUEST_COLUMNS = ("who", "what", "requests", "answered", "failed", "waiting")


def asked_section(account: Account) -> str:
    """What is searched, for what, by which rules and until when."""
    campaign = account.campaign
    rows = [("sought", sought(campaign))]
    rows += [("held fixed", ", ".join(f"{k} {v}" for k, v in campaign.table.conditions.items()))]
    rows += [("compound", campaign.table.space.formula or "")]
    rows += [("rules", ", ".join(f"{source.value}s by {rule_of(campaign, source)}" for source in Source))]
    ends = campaign.table.stop.model_dump(exclude_none=True)
    rows += [("ends after", "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in ends.items()))]
    return section("What was asked", pairs([row for row in rows if row[1]]), _variables(campaign), _targets(campaign))


def cost_section(account: Account) -> str:
    """What was asked of whom, and what that cost."""
    unit = account.campaign.table.cost_unit
    rows = [slot_row(slot, account.knowledge.requests) for slot in account.campaign.slots]
    total = f"{plain(account.knowledge.spent)} {unit} in {account.state.next_cycle} cycles"
    columns = (*REQUEST_COLUMNS, f"each ({unit})")
    return section(
        "At what cost", pairs([("spent", total)]), table("Requests", columns, rows), pictures(account, "spend")
    )


def sought(campaign: Campaign) -> str:
    """The objective in words."""
    objective = campaign.table.objective
    target = campaign.table.targets[objective.target]
    what = objective.worth or target.description or objective.target
    unit = shown_unit(campaign.unit)
    bracket = f" ({unit})" if unit else ""
    match objective.goal:
        case "hit":
            return f"{what} of {objective.value:g}{bracket}"
        case goal:
            return f"the {'largest' if goal == 'maximize' else 'smallest'} {what}{bracket}"


def _variables(campaign: Campaign) -> str:
    given = campaign.table.space.variables
    rows = [
        (
            variable.name,
            given[variable.name].description,
            ", ".join(variable.values) if variable.values else f"{variable.low:g} to {variable.high:g}",
            "" if variable.step is None or variable.values else f"{variable.step:g}",
        )
        for variable in campaign.space.variables
    ]
    return table("Design variables", ("name", "what", "values", "step"), rows)


def _targets(campaign: Campaign) -> str:
    rows = [
        (name, each.description, each.source.value, shown_unit(each.unit), ", ".join(each.parents))
        for name, each in campaign.table.targets.items()
    ]
    return table("Quantities", ("name", "what", "source", "unit", "parents"), rows)


def slot_row(slot: Slot, requests: tuple[Request, ...]) -> tuple[str, ...]:
    """What was asked of a slot: :data:`REQUEST_COLUMNS`, and the cost of one."""
    own = [request for request in requests if request.adapter == slot.table.name]
    done = sum(request.status is Status.DONE for request in own)
    failed = sum(request.status in {Status.FAILED, Status.UNKNOWN} for request in own)
    waiting = sum(request.status.is_open for request in own)
    counts = (len(own), done, failed, waiting)
    cost = slot.table.cost if isinstance(slot.table.cost, str) else plain(slot.table.cost)
    return (slot.table.name, slot.source.value, *(str(count) for count in counts), cost)
