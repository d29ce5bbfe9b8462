"""Making the folder of a new campaign, whole or not at all."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from adapters.tables.own_table import OwnTable, identifier, read_own_table
from flows.starting.campaign_text import Plan, campaign_text, kept_columns, past_text, readme_text
from flows.starting.example import TITLE, write_example
from flows.starting.variables import Axis, axes_of
from flows.starting.wanted import Wanted
from loop.campaign import Campaign
from loop.errors import CampaignError, DataError, DoukaError
from loop.runnable import require_runnable
from loop.slots import adapters_of, candidates_of, plugins_of

PAST = "past.toml"
"""The mapping with which ``douka import`` takes in what was measured before."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def require_free(name: str, folder: Path) -> None:
    """Refuse a name that is none, or taken.

    Raises
    ------
    CampaignError
        Saying what to do.
    """
    if not _NAME.fullmatch(name):
        raise CampaignError(f"{name!r} cannot be the name of a campaign: expected letters, digits, - and _")
    if folder.exists():
        raise CampaignError(f"{folder}: is there already and is left alone; choose another name")


def make_campaign(name: str, folder: Path, wanted: Wanted) -> Plan:
    """Write ``campaign.toml``, its tables and a README, after trying that the campaign can run.

    Parameters
    ----------
    name
        Of the campaign.
    folder
        Its folder; must not exist.
    wanted
        What a person said.

    Returns
    -------
    Plan
        What was written.

    Raises
    ------
    DoukaError
        Where a table or an answer is unusable; nothing is left behind then.
    """
    require_free(name, folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=folder.parent) as made:
            draft = Path(made) / name
            (draft / "data").mkdir(parents=True)
            plan = _written(name, draft, wanted, Path(made))
            _require_runnable(draft, plan)
            draft.rename(folder)
    except OSError as error:
        if isinstance(error, DoukaError):
            raise
        raise CampaignError(f"{folder}: cannot be written ({error.strerror}); go to a folder that can") from error
    return plan


def _written(name: str, draft: Path, wanted: Wanted, scratch: Path) -> Plan:
    plan = _plan(name, wanted, scratch)
    for file, table in (("measurements.csv", plan.measurements), ("calculations.csv", plan.calculations)):
        if table is not None:
            _write_table(draft / "data" / file, table, kept_columns(table, plan.axes))
    (draft / "campaign.toml").write_text(campaign_text(plan), encoding="utf-8")
    (draft / "README.md").write_text(readme_text(plan), encoding="utf-8")
    if plan.people:
        (draft / PAST).write_text(past_text(plan), encoding="utf-8")
    return plan


def _plan(name: str, wanted: Wanted, scratch: Path) -> Plan:
    if wanted.measurements is None and wanted.calculations is not None:
        raise CampaignError("--calculations without --measurements: a campaign seeks what is measured; give both")
    if wanted.measurements is None and wanted.people:
        raise CampaignError("--people without --measurements: a made-up example answers by itself; give your table")
    if wanted.measurements is None:
        files: tuple[Path, Path | None] = write_example(scratch)
    else:
        files = wanted.measurements, wanted.calculations
    measurements = read_own_table(files[0], wanted.measured, wanted.unit)
    calculations = read_own_table(files[1], wanted.calculated, wanted.unit) if files[1] is not None else None
    chosen = None if wanted.vary is None else tuple(identifier(column) for column in wanted.vary)
    axes: tuple[Axis, ...] = axes_of(measurements, calculations, chosen)
    title = wanted.title or (TITLE if wanted.measurements is None else f"{name}: what is measured best where")
    return Plan(
        name=name,
        title=title,
        axes=axes,
        measurements=measurements,
        calculations=calculations,
        goal=wanted.goal,
        is_example=wanted.measurements is None,
        people=wanted.people,
    )


def _write_table(file: Path, table: OwnTable, columns: Sequence[str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[row[name] for name in columns] for _, row in table.rows])


def _require_runnable(draft: Path, plan: Plan) -> None:
    """Errors speak of the tables of the draft, which nobody will ever see: name the user's own instead."""
    try:
        campaign = Campaign.load(draft)
        require_runnable(campaign)
        candidates_of(campaign, adapters_of(campaign, plugins_of(campaign), draft / "history"))
    except DoukaError as error:
        words = str(error).replace(str(draft.resolve() / "data/measurements.csv"), str(plan.measurements.file))
        if plan.calculations is not None:
            words = words.replace(str(draft.resolve() / "data/calculations.csv"), str(plan.calculations.file))
        raise DataError(words) from error
