"""The table at the end of a run: what was found, what was asked, what it cost."""

from __future__ import annotations

from flows.cli.output import print_pairs, print_table
from flows.cli.quantity import plain, plus_minus
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.overview import Overview
from loop.records import Observation, Source
from loop.state import State


def print_summary(campaign: Campaign, state: State, overview: Overview) -> None:
    """Print what a campaign found.

    Parameters
    ----------
    campaign
        The campaign.
    state, overview
        What is known.
    """
    print_pairs("What is known", [*_best(overview), *_asked(campaign, state, overview)])
    print_table(
        "Put aside (kept with the reason, not learned from)",
        ("what", "value", "why", "what to do"),
        [(item.label, f"{plain(item.value)} {item.unit}", item.reason, item.remedy) for item in state.quarantine],
    )


def _best(overview: Overview) -> list[tuple[str, str]]:
    unit = shown_unit(overview.unit)
    pairs: list[tuple[str, str]] = []
    best, prediction = overview.best_measured, overview.best_measured_prediction
    if best is not None:
        pairs.append(("best measured", best.label))
        pairs.append(("  measured", _measured(overview, best)))
        if prediction is not None:
            pairs.append(("  predicted", f"{plus_minus(prediction.mean, prediction.deviation)} {unit}"))
    if overview.best_predicted is not None:
        guess = overview.best_predicted
        values = [plain(o.value) for o in overview.measured if o.label == guess.label]
        pairs.append(("best predicted", guess.label))
        pairs.append(("  predicted", f"{plus_minus(guess.mean, guess.deviation)} {unit}"))
        pairs.append(("  measured", f"{', '.join(values)} {unit}" if values else "not yet"))
    return pairs


def _measured(overview: Overview, best: Observation) -> str:
    unit = shown_unit(overview.unit)
    where = f" by {best.provenance.laboratory}" if best.provenance.laboratory else ""
    if best.uncertainty is not None:
        return f"{plus_minus(best.value, best.uncertainty)} {unit}{where}"
    stated = f"{plus_minus(best.value, overview.scatter)} {unit}{where}"
    return f"{stated}; no uncertainty is stated, ± is the scatter of one measurement about the model"


def _asked(campaign: Campaign, state: State, overview: Overview) -> list[tuple[str, str]]:
    experiments, calculations = overview.count(Source.EXPERIMENT), overview.count(Source.CALCULATION)
    waiting = len(state.open_requests)
    return [
        ("asked", f"{experiments} measurements, {calculations} calculations in {state.next_cycle} cycles"),
        ("cost", f"{plain(overview.spent)} {campaign.table.cost_unit}"),
        ("waiting for", f"{waiting} answers" if waiting else "nothing"),
        ("stopped because", state.stopped or "not stopped"),
    ]
