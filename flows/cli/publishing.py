"""The commands that show a campaign to readers: report and figures, with their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Kept, Name, app

Until = Annotated[int | None, typer.Option("--cycle", min=0, help="As of this cycle, instead of the last one.")]


@app.command()
def report(
    name: Name,
    history: Kept = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .html, or .png, .pdf or .svg for the figure alone.")
    ] = None,
    cycle: Until = None,
    as_json: Json = False,
) -> None:
    """Write what was asked, found, spent and refused, how sure it is and how to replay it: one page that prints."""
    from flows.cli.report import report_command

    report_command(name, history, out, cycle, as_json=as_json)


@app.command()
def figures(
    name: Name,
    history: Kept = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for figures and data; 'figures' beside the history's report if absent.")
    ] = None,
    formats: Annotated[str, typer.Option("--format", help="Of pdf, svg, png; several with commas.")] = "pdf,svg",
    only: Annotated[
        str | None, typer.Option(help="Of progress, bands, map, parity, calibration, spend; all if absent.")
    ] = None,
    cycle: Until = None,
    as_json: Json = False,
) -> None:
    """Draw figures for print, one column or two wide, each with the numbers behind it as CSV."""
    from flows.cli.figures import figures_command

    figures_command(name, history, out, formats, only, cycle, as_json=as_json)
