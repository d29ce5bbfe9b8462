"""Asking a person at a terminal for what the options leave open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import typer

from flows.starting.wanted import Wanted

_GOALS = ("maximize", "minimize")


def asked(wanted: Wanted) -> Wanted:
    """Ask; an empty answer takes what stands in brackets."""
    if wanted.measurements is None:
        wanted = replace(wanted, measurements=_file("Spreadsheet of your measurements (empty: a made-up example)"))
    if wanted.measurements is None:
        return wanted
    if wanted.calculations is None:
        wanted = replace(wanted, calculations=_file("Spreadsheet of your calculations (empty: none)"))
    if wanted.vary is None:
        wanted = replace(wanted, vary=_names("Columns that were varied, with commas (empty: all numbers)"))
    goal = _goal(wanted.goal)
    people = wanted.people or typer.confirm("Will people measure new samples (no: rehearse with what the tables hold)?")
    title = wanted.title or _answer("Title (empty: made from the name)")
    return replace(wanted, goal=goal, people=people, title=title)


def _answer(question: str) -> str | None:
    return typer.prompt(question, default="", show_default=False).strip() or None


def _file(question: str) -> Path | None:
    while (text := _answer(question)) is not None:
        if Path(text).expanduser().is_file():
            return Path(text).expanduser()
        typer.echo(f"{text}: there is no such file")
    return None


def _names(question: str) -> tuple[str, ...] | None:
    text = _answer(question)
    return None if text is None else tuple(name.strip() for name in text.split(","))


def _goal(default: str) -> str:
    while (text := str(typer.prompt("Should the measured values be large or small?", default=default))) not in _GOALS:
        typer.echo(f"{text}: expected one of {', '.join(_GOALS)}")
    return text
