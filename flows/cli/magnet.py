"""``douka magnet``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adapters.tables.readings import campaign_readings
from flows.cli.output import console, print_json, print_pairs, print_table
from flows.cli.pictures import writing
from flows.cli.places import find_place
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.innovation import Reading
from loop.magnet import Crossover, Magnet, crossover, held_back
from loop.magnetism import FiniteTemperature
from loop.magnetism.finite_temperature import CURIE, ZERO
from loop.space.constraint import Linear

_TEMPERATURES = np.arange(10.0, 601.0, 10.0)
_SHOWN_TEMPERATURES = (4.0, 200.0, 300.0, 400.0, 500.0)
_COMPOUNDS = 6
_QUANTITIES = {ZERO: "magnetization", CURIE: "Curie temperature"}


@dataclass(frozen=True)
class Study:
    """A campaign with its tables.

    Parameters
    ----------
    campaign, magnet
        The campaign, and what its targets are.
    readings
        Of its tables.
    """

    campaign: Campaign
    magnet: Magnet
    readings: tuple[Reading, ...]

    @classmethod
    def of(cls, name: str) -> Study:
        """Read a campaign and its tables."""
        campaign = Campaign.load(find_place(name).campaign)
        return cls(campaign, Magnet.of(campaign), campaign_readings(campaign))

    @property
    def measured(self) -> list[Reading]:
        """The measurements."""
        return [reading for reading in self.readings if self.magnet.is_measured(reading)]

    @property
    def magnetizations(self) -> list[Reading]:
        """The measured magnetizations."""
        return [reading for reading in self.measured if self.magnet.names[reading.target] == ZERO]

    @property
    def unit(self) -> str:
        """Of the magnetization."""
        return self.magnetizations[0].unit

    def column(self, variable: str | None, rank: int) -> int:
        """Column of a variable; of the one with the rank-th most values among the measurements if None."""
        names = self.campaign.space.names
        if variable is not None and variable not in names:
            raise CampaignError(f"{variable!r} is no variable of {self.campaign.name}; there are {', '.join(names)}")
        if variable is not None:
            return names.index(variable)
        counts = [len({reading.x[column] for reading in self.measured}) for column in range(len(names))]
        return sorted(range(len(names)), key=lambda column: -counts[column])[rank]

    def line(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Compositions without and with all of a substitute."""
        start = self.campaign.space.bounds[:, 0].copy()
        end = start.copy()
        end[column] = self.campaign.space.bounds[column, 1]
        return start, end


def crossover_command(name: str, along: str | None, least: float, *, as_json: bool) -> None:
    """Print from which temperature on a finite amount is best."""
    study = Study.of(name)
    column = study.column(along, 0)
    found = crossover(study.magnet.fit(study.readings), *study.line(column), _TEMPERATURES, least=least)
    levels = {level: found.quantile(level) for level in (0.025, 0.5, 0.975)}
    if as_json:
        print_json(_crossover_json(study.campaign.space.names[column], found, levels))
        return
    print_table(
        f"Where M is largest along {study.campaign.space.names[column]}",
        ("T (K)", "probability of a finite amount", "best amount", "95 %"),
        [
            (f"{T:g}", f"{p:.2f}", f"{best[0]:.2f}", f"{best[1]:.2f} to {best[2]:.2f}")
            for T, p, best in zip(found.temperatures, found.probability, found.best, strict=True)
            if T % 50 == 0
        ],
    )
    print_pairs("", [("crossover", f"{levels[0.5]:g} K, 95 % {levels[0.025]:g} to {levels[0.975]:g} K")])


def series_command(name: str, where: Sequence[str], *, as_json: bool) -> None:
    """Print how well a series that was left out is foretold."""
    study = Study.of(name)
    conditions = [Linear.parse(text, study.campaign.space.names) for text in where]

    def is_held(reading: Reading) -> bool:
        return all(bool(condition.holds(np.array([reading.x]))[0]) for condition in conditions)

    found = held_back(study.magnet, study.readings, is_held)
    if as_json:
        print_json({"where": list(where), "scores": [vars(score) for score in found.scores]})
        return
    print_table(
        f"Left out: {' and '.join(where)}",
        ("quantity", "foretold from", "values", "RMSE", "coverage of 95 %", "half-width"),
        [
            (
                _QUANTITIES[score.quantity],
                "everything else" if score.by == "both" else score.by,
                str(score.count),
                f"{score.rmse:.3g}",
                f"{score.coverage:.2f}" if score.coverage == score.coverage else "–",
                f"{score.width:.3g}" if score.width == score.width else "–",
            )
            for score in found.scores
        ],
    )


def figures_command(
    name: str, out: Path, temperature: float, along: str | None, across: str | None, *, as_json: bool = False
) -> None:
    """Draw four figures, each with its numbers."""
    study = Study.of(name)
    if not out.is_dir():
        raise CampaignError(f"{out}: there is no such folder; make it, or choose another one with --out")
    first, second = study.column(along, 0), study.column(across, 0)
    if across is None and second == first:
        second = study.column(None, 1)
    if first == second:
        raise CampaignError(
            f"--along and --across are both {study.campaign.space.names[first]}: expected two variables"
        )
    model = study.magnet.fit(study.readings)
    files = _drawn(study, model, out, temperature, first, second)
    if as_json:
        print_json({"files": [str(file) for file in files]})
        return
    for file in files:
        console.print(f"{file}")


def _drawn(
    study: Study, model: FiniteTemperature, out: Path, temperature: float, first: int, second: int
) -> list[Path]:
    from loop.figures import magnet_line, magnet_map, magnet_parity, magnet_temperature
    from loop.figures.demonstrations import save
    from loop.figures.style import shown_unit

    space, unit = study.campaign.space, shown_unit(study.unit)
    start, end = study.line(first)
    found = crossover(model, start, end, _TEMPERATURES, least=0.02)
    values = [(reading, study.magnet.temperature(reading)) for reading in study.magnetizations]
    curies = [reading for reading in study.measured if study.magnet.names[reading.target] == CURIE]
    curves = magnet_temperature.magnet_temperature(model, _compounds(study), values, curies, _highest(curies))
    line = magnet_line.magnet_line(model, start, end, _SHOWN_TEMPERATURES, found)
    chart = magnet_map.magnet_map(model, space, (first, second), start, temperature)
    parity = magnet_parity.magnet_parity(model, [study.magnet.row(reading) for reading in study.magnetizations])
    names = _axis(study, first), _axis(study, second)
    drawn = {
        "temperature": (magnet_temperature.draw_magnet_temperature(curves, unit), curves),
        "substitution": (magnet_line.draw_magnet_line(line, names[0], unit), line),
        "map": (magnet_map.draw_magnet_map(chart, names, space.bounds[second], unit), chart),
        "parity": (magnet_parity.draw_magnet_parity(parity, unit), parity),
    }
    written: list[Path] = []
    for name, (figure, shown) in drawn.items():
        file = out / f"magnet_{name}.png"
        with writing(file):
            written += [file, save(figure, shown, file)]
    return written


def _highest(curies: Sequence[Reading]) -> float:
    """Where curves against temperature end: a little above everything that was measured."""
    return 1.08 * max((reading.value for reading in curies), default=1000.0)


def _axis(study: Study, column: int) -> str:
    variable = study.campaign.space.variables[column]
    description = study.campaign.table.space.variables[variable.name].description
    return f"{variable.name}: {description}" if description else variable.name


def _compounds(study: Study) -> dict[str, tuple[float, ...]]:
    """The compounds measured at the most temperatures, then most often."""
    temperatures = {(reading.x, study.magnet.temperature(reading)) for reading in study.magnetizations}
    often = Counter(x for x, _ in temperatures)
    values = Counter(reading.x for reading in study.measured)
    chosen = sorted(often, key=lambda x: (-often[x], -values[x], x))[:_COMPOUNDS]
    return {study.campaign.space.label(x): x for x in chosen}


def _crossover_json(variable: str, found: Crossover, levels: dict[float, float]) -> dict[str, object]:
    return {
        "along": variable,
        "crossover_K": {f"{level:g}": value if np.isfinite(value) else None for level, value in levels.items()},
        "temperature_K": found.temperatures.tolist(),
        "probability": found.probability.tolist(),
        "best": found.best.tolist(),
    }
