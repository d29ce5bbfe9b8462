"""The commands of campaigns on magnetization at any temperature, with their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Name, app

magnet = typer.Typer(
    no_args_is_help=True, help="Magnetization at any composition and temperature, from a campaign's tables."
)
app.add_typer(magnet, name="magnet")


@magnet.command()
def crossover(
    name: Name,
    along: Annotated[
        str | None, typer.Option(help="Variable of the substitute; the one measured most often if absent.")
    ] = None,
    least: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Amount beyond which one is counted as finite.")
    ] = 0.02,
    as_json: Json = False,
) -> None:
    """Find the temperature above which a finite amount of a substitute gives the largest magnetization."""
    from flows.cli.magnet import crossover_command

    crossover_command(name, along, least, as_json=as_json)


@magnet.command()
def series(
    name: Name,
    where: Annotated[
        list[str], typer.Option(help="Which compositions are left out, such as 'alpha >= 0.99'; all must hold.")
    ],
    as_json: Json = False,
) -> None:
    """Leave a series of measurements out, and foretell it from the rest, and from either source alone."""
    from flows.cli.magnet import series_command

    series_command(name, where, as_json=as_json)


@magnet.command()
def figures(
    name: Name,
    out: Annotated[Path, typer.Option(help="Folder for the figures and their data.")] = Path(),
    temperature: Annotated[float, typer.Option(min=0.0, help="Of the map, in K.")] = 400.0,
    along: Annotated[
        str | None, typer.Option(help="Variable of the substitute; the one measured most often if absent.")
    ] = None,
    across: Annotated[
        str | None, typer.Option(help="Second variable of the map; the one measured next most often if absent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw M(T), M along a substitution, a map over two variables, and measured against predicted by laboratory."""
    from flows.cli.magnet import figures_command

    figures_command(name, out, temperature, along, across, as_json=as_json)
