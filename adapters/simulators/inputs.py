"""Inputs without running them: for a look, or for somebody who runs them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.options import parse_options
from adapters.simulators.engine import Engine, crystals_of
from loop.errors import CampaignError, CompositionError, DataError, PluginError
from loop.plugins import installed, plugin_named
from loop.protocols import SlotContext
from loop.records import Source
from loop.space import Space, Variable


@dataclass(frozen=True)
class Inputs:
    """Inputs that were written.

    Parameters
    ----------
    title
        Of the code.
    folder, files
        Where they are, and their names.
    x
        Design point of the crystal in them: what was asked for, rounded to whole atoms where it has to be.
    contents
        Atoms in the cell.
    command
        How to run them there.
    """

    title: str
    folder: Path
    files: tuple[str, ...]
    x: tuple[float, ...]
    contents: str
    command: str


def write_inputs(adapter: str, context: SlotContext, x: Sequence[float], folder: Path) -> Inputs:
    """Write the inputs of a design point.

    Parameters
    ----------
    adapter
        Name of the code's adapter, such as ``"vasp"``.
    context
        Of the slot; its options are those of the adapter.
    x
        Design point.
    folder
        Made; it must be new or empty.

    Raises
    ------
    CampaignError
        Where the adapter writes no inputs, or the options are unusable.
    DataError
        Where the folder holds something, or the code cannot treat the point.
    AdapterError
        Where a library or a file of the code's own is missing.
    """
    options = parse_options(engine_named(adapter).options, context)
    crystal = crystals_of(options, context)
    if folder.exists() and any(folder.iterdir()):
        raise DataError(f"{folder} holds something already; expected a new folder")
    cell = crystal.at(x)
    realised = crystal.realised(cell, x)
    folder.mkdir(parents=True, exist_ok=True)
    options.code.write(cell, folder)
    called = options.code.called()
    stdin = f" < {called.stdin}" if called.stdin else ""
    return Inputs(
        title=options.code.title,
        folder=folder,
        files=tuple(sorted(path.name for path in folder.iterdir())),
        x=realised,
        contents=cell.composition.formula,
        command=" ".join(called.arguments) + stdin,
    )


def engine_named(adapter: str) -> type[Engine]:
    """Find the adapter of a code.

    Raises
    ------
    CampaignError
        Where there is none of this name, or it writes no inputs.
    """
    try:
        found = plugin_named(Source.CALCULATION, adapter).load()
    except PluginError as error:
        raise CampaignError(str(error)) from error
    if isinstance(found, type) and issubclass(found, Engine):
        return found
    raise CampaignError(f"the adapter {adapter!r} writes no inputs; those that do: {', '.join(engines())}")


def engines() -> tuple[str, ...]:
    """Names of the installed adapters that write inputs."""
    names: list[str] = []
    for name, plugins in installed(Source.CALCULATION).items():
        try:
            factory = plugins[0].load()
        except PluginError:
            continue  # one broken plug-in never stops the others
        if isinstance(factory, type) and issubclass(factory, Engine):
            names.append(name)
    return tuple(names)


def point_named(text: str, space: Space) -> tuple[float, ...]:
    """Find the design point of a composition, or of coordinates.

    Parameters
    ----------
    text
        ``"Nd2Fe13CoB"``, or ``"x = 0.25, y = 0"``.
    space
        The design space.

    Raises
    ------
    DataError
        Where it is neither, or outside the space.
    """
    if "=" in text:
        return _coordinates(text, space)
    # pymatgen is heavy; only a composition needs it
    from pymatgen.core.composition import Composition

    try:
        amounts = Composition(text).get_el_amt_dict()
    except ValueError as error:
        raise CompositionError(f"{text!r} is no composition ({error})") from error
    return space.point_of(amounts)[0]


def _coordinates(text: str, space: Space) -> tuple[float, ...]:
    given: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        given[name.strip()] = value.strip()
    if set(given) != set(space.names):
        raise DataError(f"{text!r} gives {', '.join(given)}, expected {', '.join(space.names)}")
    try:
        x = space.point({each.name: _value(each, given[each.name]) for each in space.variables})
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{text!r}: {error}; expected numbers") from error
    space.check_inside(x)
    return x


def _value(variable: Variable, text: str) -> float | str:
    return text if variable.values else float(text)
