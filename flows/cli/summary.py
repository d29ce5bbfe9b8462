"""The table at the end of a run: what was found, what was asked, what it cost."""

from __future__ import annotations

from flows.cli.output import print_pairs, print_table
from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.knowledge import Knowledge
from loop.quantity import plain, plus_minus
from loop.records import Observation, Source
from loop.state import State


def print_summary(campaign: Campaign, state: State, knowledge: Knowledge) -> None:
    """Print what a campaign found.

    Parameters
    ----------
    campaign
        The campaign.
    state, knowledge
        What is known.
    """
    print_pairs("What is known", [*_best(knowledge), *_asked(campaign, state, knowledge)])
    print_table(
        "Put aside (kept with the reason, not learned from)",
        ("what", "value", "why", "what to do"),
        [(item.label, f"{plain(item.value)} {item.unit}", item.reason, item.remedy) for item in state.quarantine],
    )


def _best(knowledge: Knowledge) -> list[tuple[str, str]]:
    unit = shown_unit(knowledge.unit)
    pairs: list[tuple[str, str]] = []
    best, prediction = knowledge.best_measured, knowledge.best_measured_prediction
    if best is not None:
        pairs.append(("best measured", best.label))
        pairs.append(("  measured", _measured(knowledge, best)))
        if knowledge.objective.worth is not None:
            pairs.append(("  worth", f"{plain(knowledge.best_measured_worth)} {unit}".strip()))
        if prediction is not None:
            pairs.append(("  predicted", f"{plus_minus(prediction.mean, prediction.deviation)} {unit}".strip()))
    if knowledge.best_predicted is not None:
        guess, target_unit = knowledge.best_predicted, shown_unit(knowledge.target_unit)
        values = [plain(o.value) for o in knowledge.measured if o.label == guess.label]
        pairs.append(("best predicted", guess.label))
        pairs.append(("  predicted", f"{plus_minus(guess.mean, guess.deviation)} {unit}".strip()))
        pairs.append(("  measured", f"{', '.join(values)} {target_unit}" if values else "not yet"))
    return pairs


def _measured(knowledge: Knowledge, best: Observation) -> str:
    unit = shown_unit(knowledge.target_unit)
    where = f" by {best.provenance.laboratory}" if best.provenance.laboratory else ""
    if best.uncertainty is not None:
        return f"{plus_minus(best.value, best.uncertainty)} {unit}{where}"
    stated = f"{plus_minus(best.value, knowledge.scatter)} {unit}{where}"
    return f"{stated}; no uncertainty is stated, ± is the scatter of one measurement about the model"


def _asked(campaign: Campaign, state: State, knowledge: Knowledge) -> list[tuple[str, str]]:
    experiments, calculations = knowledge.count(Source.EXPERIMENT), knowledge.count(Source.CALCULATION)
    waiting = len(state.open_requests)
    return [
        ("asked", f"{experiments} measurements, {calculations} calculations in {state.next_cycle} cycles"),
        ("cost", f"{plain(knowledge.spent)} {campaign.table.cost_unit}"),
        ("waiting for", f"{waiting} answer{'s' if waiting > 1 else ''}" if waiting else "nothing"),
        ("stopped because", state.stopped or "not stopped"),
    ]
