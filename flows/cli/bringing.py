"""The commands of what goes to people and clusters and comes from them, with their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Kept, Name, app


@app.command()
def scan(
    folder: Annotated[Path, typer.Argument(help="Top of a tree of calculation folders.")],
    index: Annotated[
        Path | None, typer.Option(help="File that remembers what was read; in the user's cache if not given.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that read; one a core if not given.")] = None,
    quiet: Annotated[
        float, typer.Option(min=0.0, help="Seconds in which nothing may have changed in a folder that is read.")
    ] = 10.0,
    as_json: Json = False,
) -> None:
    """Read a tree of calculations: what is accepted, what is rejected and why; unchanged ones are not read again."""
    from flows.cli.scan import scan_command

    scan_command(folder, index, workers, quiet, as_json=as_json)


@app.command()
def inputs(
    name: Name,
    what: Annotated[str, typer.Argument(help="A request's id, a composition (Fe3Co), or coordinates (x=0.25,y=0).")],
    folder: Annotated[Path, typer.Argument(help="New folder for the files.")],
    history: Kept = None,
    slot: Annotated[str | None, typer.Option(help="Slot whose options count, where several write inputs.")] = None,
    code: Annotated[
        str | None, typer.Option(help="Another code, with its own defaults: elk, espresso, vasp, akaikkr.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Option of the adapter, such as crystal.structure=2-14-1."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the input files of one calculation, without running it."""
    from flows.cli.inputs import inputs_command

    inputs_command(name, history, what, folder, slot, code, settings or (), as_json=as_json)


@app.command()
def worksheet(
    name: Name,
    history: Kept = None,
    out: Annotated[Path | None, typer.Option(help="File to write; NAME-worksheet.csv if not given.")] = None,
    take: Annotated[
        Path | None, typer.Option(help="Take in a filled worksheet instead; exit 1 if a row is wrong.")
    ] = None,
    separator: Annotated[str, typer.Option(help="Of the cells; ';' where Excel uses decimal commas.")] = ",",
    as_json: Json = False,
) -> None:
    """Write what is asked of people, one row a request, or take in what they filled in."""
    from flows.cli.worksheet import worksheet_command

    worksheet_command(name, history, out, take, separator, as_json=as_json)


@app.command()
def ingest(
    file: Annotated[Path, typer.Argument(help="A magnetometer's file: Quantum Design .dat, or CSV with units.")],
    campaign: Annotated[str | None, typer.Option(help="The campaign it is for; without, it is only shown.")] = None,
    request: Annotated[str | None, typer.Option(help="Id of the request that it answers.")] = None,
    formula: Annotated[str | None, typer.Option(help="What was measured, where nobody asked: Nd2Fe14B.")] = None,
    slot: Annotated[str | None, typer.Option(help="Slot that takes it, where the campaign has several.")] = None,
    mass: Annotated[str | None, typer.Option(help="Mass with its unit: '54.86 mg'.")] = None,
    size: Annotated[str | None, typer.Option(help="Edges, the last along the field: '1.98x1.99x2.70 mm'.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Of M(H) in K, where the file holds several.")] = None,
    unit: Annotated[str | None, typer.Option(help="kA/m, T, A.m2/kg; K for a Curie temperature.")] = None,
    mode: Annotated[str | None, typer.Option(help="VSM, DC, ACMS, table, where the file holds several.")] = None,
    part: Annotated[int | None, typer.Option(min=1, help="Which measurement of a file that holds several.")] = None,
    sample: Annotated[str, typer.Option(help="The laboratory's name of the sample.")] = "",
    by: Annotated[str, typer.Option(help="Who measured; you if not given.")] = "",
    history: Kept = None,
    out: Annotated[Path | None, typer.Option(help="Picture: .png, .pdf or .svg; FILE.png if not given.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is admitted.")] = False,
    as_json: Json = False,
) -> None:
    """Read a measurement, show what it says as a table and a picture, and admit it into a campaign."""
    from flows.cli.ingest import Stated, ingest_command

    stated = Stated(
        mass=mass, size=size, temperature=temperature, mode=mode, part=part, unit=unit, request=request,
        formula=formula, slot=slot, sample=sample, by=by,
    )  # fmt: skip
    ingest_command(file, campaign, history, stated, out, yes=yes, as_json=as_json)
