"""The commands and their options. What a command does stands in the module of its name, imported when it is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.subject import Subject

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


class Which(StrEnum):
    """The demonstrations."""

    D1, D2, D3 = "d1", "d2", "d3"


class Verdict(StrEnum):
    """What a person can decide about a value that was put aside."""

    ACCEPT, REJECT = "accept", "reject"


class Goal(StrEnum):
    """What ``douka new`` can be told to seek."""

    MAXIMIZE, MINIMIZE = "maximize", "minimize"


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


@app.command()
def status(name: Name, history: Kept = None, as_json: Json = False) -> None:
    """Show how a campaign stands: what is best, what is asked, waited for and put aside."""
    from flows.cli.status import status_command

    status_command(name, history, as_json=as_json)


@app.command()
def propose(
    name: Name,
    history: Kept = None,
    why: Annotated[str | None, typer.Option("--why", help="Explain one request, by its id.")] = None,
    as_json: Json = False,
) -> None:
    """Show what would be asked next, and why; nothing is sealed or sent."""
    from flows.cli.propose import propose_command

    propose_command(name, history, why, as_json=as_json)


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


@app.command()
def observations(
    name: History,
    history: Kept = None,
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    as_json: Json = False,
) -> None:
    """List what was learned from, with the ids that `douka retract` takes."""
    from flows.cli.observations import observations_command

    observations_command(name, history, target, as_json=as_json)


@app.command()
def quarantine(
    name: History,
    verdict: Annotated[
        Verdict | None, typer.Argument(help="What you decide about one of them; list them if absent.")
    ] = None,
    item: Annotated[str | None, typer.Argument(metavar="[ID]", help="Its id, or the beginning of it.")] = None,
    history: Kept = None,
    reason: Annotated[str | None, typer.Option(help="Why; it is kept with your name.")] = None,
    as_json: Json = False,
) -> None:
    """List what was not believed, with the reason and what to do about it; or accept or reject one of them."""
    from flows.cli.quarantine import quarantine_command, verdict_command

    if verdict is None:
        quarantine_command(name, history, as_json=as_json)
    elif not item or not reason:
        from flows.called import called

        raise typer.BadParameter(f"expected: douka quarantine {called(name, history)} {verdict.value} ID --reason WHY")
    else:
        verdict_command(name, history, verdict.value, item, reason, as_json=as_json)


@app.command()
def audit(
    name: Name,
    limit: Annotated[
        float, typer.Option(min=0.0, help="Predictive standard deviations that make a value suspicious.")
    ] = 3.0,
    as_json: Json = False,
) -> None:
    """Hold every value of a campaign's tables against what the others foretell; name what may have gone wrong."""
    from flows.cli.audit import audit_command

    audit_command(name, limit, as_json=as_json)


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


def main() -> None:
    """Run the command line; what goes wrong is said without a traceback."""
    from flows.cli.failing import explained

    with explained():
        app()


if __name__ == "__main__":
    main()


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
def reference(
    of: Annotated[
        Subject, typer.Option(help="campaign: the keys of a campaign file; commands; python: what can be imported.")
    ] = Subject.CAMPAIGN,
    as_json: Annotated[bool, typer.Option("--json", help="The JSON schema, for editors that check TOML.")] = False,
) -> None:
    """Print every key of a campaign file: its type, its default and what it means; or commands, or packages."""
    from flows.cli.reference import reference_command

    reference_command(of, as_json=as_json)
