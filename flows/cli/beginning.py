"""The commands of who begins: a campaign, an installation, what there is to use."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, app
from flows.cli.subject import Subject


class Goal(StrEnum):
    """What ``douka new`` can be told to seek."""

    MAXIMIZE, MINIMIZE = "maximize", "minimize"


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the campaign; a folder under workspace/campaigns.")],
    measurements: Annotated[
        Path | None, typer.Option(help="Your measurements: CSV or .xlsx, one row each. A made-up example without.")
    ] = None,
    calculations: Annotated[Path | None, typer.Option(help="Your calculations, in the same way.")] = None,
    measured: Annotated[str | None, typer.Option(help="Column of the measured values, if it is not plain.")] = None,
    calculated: Annotated[str | None, typer.Option(help="Column of the calculated values, if it is not plain.")] = None,
    unit: Annotated[str | None, typer.Option(help="Of the values, where the tables do not say.")] = None,
    vary: Annotated[
        str | None, typer.Option(help="Columns that were varied, with commas; all numbers that vary if not given.")
    ] = None,
    goal: Annotated[Goal, typer.Option(help="What is sought.")] = Goal.MAXIMIZE,
    title: Annotated[str | None, typer.Option(help="For the reader.")] = None,
    people: Annotated[
        bool, typer.Option("--people", help="The tables are what is known; people are asked for new samples.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing, also at a terminal.")] = False,
    as_json: Json = False,
) -> None:
    """Write a commented campaign that runs, of your own tables or of a made-up example; asks at a terminal."""
    from flows.cli.new import new_command
    from flows.starting.wanted import Wanted

    names = None if vary is None else tuple(column.strip() for column in vary.split(","))
    wanted = Wanted(
        measurements=measurements, calculations=calculations, measured=measured, calculated=calculated, unit=unit,
        vary=names, goal=goal.value, title=title, people=people,
    )  # fmt: skip
    new_command(name, wanted, yes=yes, as_json=as_json)


@app.command()
def doctor(
    server: Annotated[bool, typer.Option(help="Also start Prefect's server, which takes some ten seconds.")] = True,
    as_json: Json = False,
) -> None:
    """Say whether campaigns can run here, and what to do where they cannot; exit 1 on a problem."""
    from flows.cli.doctor import doctor_command

    doctor_command(server=server, as_json=as_json)


@app.command()
def adapters(as_json: Json = False) -> None:
    """List the installed simulators, instruments, devices and rules, who provides them, and whether they work."""
    from flows.cli.adapters import adapters_command

    adapters_command(as_json=as_json)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(help="A driver (see 'douka adapters'), or with --campaign one of its devices.")
    ],
    campaign: Annotated[str | None, typer.Option("--campaign", help="Take driver and options from a campaign.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="Of the driver, as KEY=VALUE; may be given again.")
    ] = None,
    between: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Two harmless set points to try; the device is not moved without."),
    ] = None,
    signal: Annotated[str, typer.Option(help="Signal that shows where it is.")] = "",
    tolerance: Annotated[float, typer.Option(min=0.0, help="Distance from a set point that counts as there.")] = 0.0,
    beyond: Annotated[float | None, typer.Option(help="Set point that must be refused.")] = None,
    settle: Annotated[float, typer.Option(min=0.0, help="Seconds from one set point to the other.")] = 30.0,
    as_json: Json = False,
) -> None:
    """Hold a device that is really there against everything a device promises; exit 1 where a promise is broken."""
    from flows.cli.check import check_command

    check_command(name, campaign, option or [], between, signal, tolerance, beyond, settle, as_json=as_json)


@app.command()
def reference(
    of: Annotated[
        Subject, typer.Option(help="campaign: the keys of a campaign file; commands; python: what can be imported.")
    ] = Subject.CAMPAIGN,
    as_json: Annotated[bool, typer.Option("--json", help="The JSON schema, for editors that check TOML.")] = False,
) -> None:
    """Print every key of a campaign file: its type, its default and what it means; or commands, or packages."""
    from flows.cli.reference import reference_command

    reference_command(of, as_json=as_json)
