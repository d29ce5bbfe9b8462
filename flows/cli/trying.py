"""The commands that try rules on known answers, with their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Name, app


class Which(StrEnum):
    """The demonstrations."""

    D1, D2, D3 = "d1", "d2", "d3"


@app.command()
def backtest(
    name: Name,
    seeds: Annotated[int, typer.Option(min=1, help="How many campaigns, each with a seed of its own.")] = 20,
    tolerance: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Relative distance from the best accepted.")
    ] = 0.03,
    rules: Annotated[
        str | None,
        typer.Option(
            help="Compare rules, such as source_rule,default,ucb+max_uncertainty,greedy+none (pairs, or "
            "experiment+calculation), with one another, with chance, and with one source alone."
        ),
    ] = None,
    measurements: Annotated[
        int | None,
        typer.Option(
            min=1, help="--rules: of each campaign; if not given as many as its stopping rule allows, or all."
        ),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="--rules: draw regret to this file (.png, .pdf, .svg). Data: .csv beside.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Campaigns at the same time; one a core if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a retrospective campaign many times and compare with asking at random; or compare rules."""
    if rules is not None:
        from flows.cli.comparing import comparing_command

        comparing_command(
            name,
            rules,
            seeds,
            tolerance,
            measurements=measurements,
            figure=figure,
            processes=processes,
            as_json=as_json,
        )
    elif measurements is not None or figure is not None:
        raise typer.BadParameter("--measurements and --figure belong to --rules: name the rules to compare")
    else:
        from flows.cli.backtest import backtest_command

        backtest_command(name, seeds, tolerance, processes=processes, as_json=as_json)


@app.command()
def demo(
    which: Annotated[Which, typer.Argument(help="d1: cubic; d2: sine series; d3: search of the maximum (a minute).")],
    out: Annotated[
        Path | None, typer.Option(help="Figure: .png, .pdf or .svg; d1.png and so on if not given. Data: .csv beside.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the points and the noise.")] = 0,
    problems: Annotated[int | None, typer.Option(min=1, help="d3: problems searched; 20 if not given.")] = None,
    m: Annotated[int | None, typer.Option("--m", min=0, help="d3: calculations an iteration; 1 if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Show the method on problems with known answers, against least squares; writes a figure and its data."""
    from flows.cli.demo import demo_command

    demo_command(which.value, out, seed, problems, m, as_json=as_json)
