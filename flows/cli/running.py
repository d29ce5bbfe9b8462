"""The commands that let a campaign go on, hold it or end it, with their options."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.app import Json, Kept, Name, Reason, app


@app.command()
def run(
    name: Name,
    history: Kept = None,
    once: Annotated[bool, typer.Option("--once", help="Do one cycle, do not wait for answers, and stop.")] = False,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Carry the history over where the campaign file changed seriously.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked; seal nothing, send nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON at the end; progress goes to stderr.")
    ] = False,
) -> None:
    """Run a campaign to its end, or go on with it; what is sealed is never done again."""
    if dry_run and (once or migrate):
        raise typer.BadParameter("--dry-run does nothing: leave out --once and --migrate")
    if dry_run:
        from flows.cli.dry_run import dry_run_command

        dry_run_command(name, history, as_json=as_json)
    else:
        from flows.cli.run import run_command

        run_command(name, history, once=once, migrate=migrate, as_json=as_json)


@app.command()
def serve(
    name: Name,
    every: Annotated[
        str | None, typer.Option(help="Time between scheduled cycles: 30s, 30m, 2h, 1d; 30m if not given.")
    ] = None,
    cron: Annotated[
        str | None, typer.Option(help="Times of scheduled cycles instead, as crontab has them: '0 6 * * 1-5'.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Of --cron, such as Europe/Berlin; this machine's if not given.")
    ] = None,
    history: Kept = None,
    host: Annotated[
        str, typer.Option(help="Address that Prefect's pages listen on; off loopback they ask for a password.")
    ] = "127.0.0.1",
    keep: Annotated[
        str, typer.Option(help="How long Prefect shows a run that ended: 12h, 30d; the history keeps everything.")
    ] = "30d",
) -> None:
    """Run the cycles of a campaign, on a schedule and when there are news, until interrupted."""
    from flows.cli.serve import schedule_of, serve_command

    if every is not None and cron is not None:
        raise typer.BadParameter("--every and --cron are two schedules: choose one of them")
    if timezone is not None and cron is None:
        raise typer.BadParameter("--timezone belongs to --cron: --every counts from when serving begins")
    serve_command(name, schedule_of(every, cron, timezone), history, host, keep)


@app.command()
def pause(name: Name, reason: Reason = "", history: Kept = None, as_json: Json = False) -> None:
    """Begin no cycle and hand nothing out until `douka resume`; what runs the campaign waits."""
    from flows.cli.ordering import order_command
    from loop.control.order import Kind

    order_command(name, Kind.PAUSE, reason, history, as_json=as_json)


@app.command()
def resume(name: Name, reason: Reason = "", history: Kept = None, as_json: Json = False) -> None:
    """Go on after `douka pause`, `douka stop`, or a pause that a campaign made by itself."""
    from flows.cli.ordering import resume_command

    resume_command(name, reason, history, as_json=as_json)


@app.command()
def stop(
    name: Name,
    reason: Reason = "",
    at_once: Annotated[
        bool, typer.Option("--now", help="Cancel all that is under way; instruments go to their safe state.")
    ] = False,
    history: Kept = None,
    as_json: Json = False,
) -> None:
    """End what runs the campaign after the cycle at work; it is not started again before `douka resume`."""
    from flows.cli.ordering import order_command
    from loop.control.order import Kind

    order_command(name, Kind.STOP_NOW if at_once else Kind.STOP, reason, history, as_json=as_json)
