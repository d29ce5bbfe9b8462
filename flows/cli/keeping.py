"""The commands of what is kept: done again, compared, checked, handed on, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import History, Json, Kept, app


@app.command()
def replay(
    name: History,
    history: Kept = None,
    until: Annotated[int | None, typer.Option(min=0, help="Last cycle to do again.")] = None,
    rtol: Annotated[
        float, typer.Option(min=0.0, help="Relative difference that counts as none (other machines, other versions).")
    ] = 0.0,
    changes: Annotated[
        list[str] | None,
        typer.Option("--with", help="Another policy, such as rule=ucb,m=5: show what it would have asked."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Leave data out, such as laboratory=NAME: show what would be known."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Do a history again and compare bit by bit; exit 1 on any difference. Or: see what would have been."""
    if changes and without:
        raise typer.BadParameter("--with and --without are two questions: ask them one after the other")
    if changes:
        from flows.cli.whatif import whatif_command

        whatif_command(name, history, changes, as_json=as_json)
    elif without:
        from flows.cli.leaving_out import leaving_out_command

        leaving_out_command(name, history, without, as_json=as_json)
    else:
        from flows.cli.replay import replay_command

        replay_command(name, history, until, rtol, as_json=as_json)


@app.command()
def diff(
    first: History,
    second: History,
    rtol: Annotated[float, typer.Option(min=0.0, help="Relative difference that counts as none.")] = 0.0,
    as_json: Json = False,
) -> None:
    """Compare two histories: campaign files, cycles, quantities, digests; exit 1 where they differ."""
    from flows.cli.diff import diff_command

    diff_command(first, second, rtol, as_json=as_json)


@app.command()
def verify(name: History, history: Kept = None, as_json: Json = False) -> None:
    """Check that every sealed file is as it was sealed; exit 1 where one is damaged or missing."""
    from flows.cli.verify import verify_command

    verify_command(name, history, as_json=as_json)


@app.command()
def export(
    name: History,
    target: Annotated[Path, typer.Argument(help="File to write (.h5, .hdf5, .nxs), or with --csv a folder.")],
    history: Kept = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Tables for a spreadsheet.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write a history as one HDF5 file, or as tables."""
    from flows.cli.export import export_command

    export_command(name, history, target, as_csv=as_csv, force=force, as_json=as_json)


@app.command(name="import")
def import_(
    mapping: Annotated[Path, typer.Argument(help="TOML file: the campaign, the tables, what their columns mean.")],
    name: Annotated[str, typer.Argument(help="Name of the history to make, or its folder.")],
    as_json: Json = False,
) -> None:
    """Make a history of tables of past experiments and calculations; `douka run` goes on with it."""
    from flows.cli.importing import import_command

    import_command(mapping, name, as_json=as_json)


@app.command()
def retract(
    name: History,
    observation: Annotated[str, typer.Argument(help="The observation's id, or the beginning of it.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the observation.")],
    history: Kept = None,
    as_json: Json = False,
) -> None:
    """Take an observation back: it is kept with the reason, and no longer learned from."""
    from flows.cli.retract import retract_command

    retract_command(name, history, observation, reason, as_json=as_json)
