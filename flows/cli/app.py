"""The command line as a whole: its commands register here, a module for each group of them.

What a command does stands in the module of its name, imported when it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="douka",
    help="Closed-loop autonomous experiments: assimilate calculation and experiment, ask for the next ones.",
    epilog="Exit codes: 0 done; 1 a check failed; 2 bad input; 3 an error of douka itself; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(help="A campaign: its folder or file, or its name under workspace/campaigns.")]
History = Annotated[str, typer.Argument(help="A history: its folder, or the campaign it belongs to.")]
Kept = Annotated[Path | None, typer.Option("--history", help="Folder of the history, instead of the usual one.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with your name and the time.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def main() -> None:
    """Run the command line; what goes wrong is said without a traceback."""
    from flows.cli.failing import explained

    with explained():
        app()
