"""How a campaign stands, in pairs of words: the same at the command line and on Prefect's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.quantity import plain, plus_minus
from loop.retry import Trouble


def found_pairs(campaign: Campaign, summary: Mapping[str, str | int | float | bool]) -> list[tuple[str, str]]:
    """Say what was found.

    Parameters
    ----------
    campaign
        The campaign.
    summary
        Of its last record.
    """
    unit = shown_unit(campaign.unit)
    pairs: list[tuple[str, str]] = []
    if "best_measured" in summary:
        value = plain(float(summary["best_measured_value"]))
        pairs.append(("best measured", f"{summary['best_measured']}, {value} {unit}"))
    if "best_predicted" in summary:
        guess = plus_minus(float(summary["best_predicted_mean"]), float(summary["best_predicted_deviation"]))
        pairs.append(("best predicted", f"{summary['best_predicted']}, {guess} {unit}"))
    if "scatter" in summary:
        unit = shown_unit(campaign.table.targets[campaign.table.objective.target].unit)
        pairs.append(("scatter", f"{float(summary['scatter']):.2g} {unit}, of one measurement about the model"))
    if summary.get("refold"):
        pairs.append(("last change", f"{summary['refold']}: {summary['reason']}; the next cycle fits anew"))
    return pairs


def trouble_pairs(troubles: Iterable[Trouble]) -> list[tuple[str, str]]:
    """Say which adapters do not answer, what follows, and what a person does next.

    Parameters
    ----------
    troubles
        Of the campaign.
    """
    pairs: list[tuple[str, str]] = []
    for trouble in troubles:
        pairs.append(("in trouble", f"{trouble.slot} {trouble.story}"))
        pairs.append(("  what follows", trouble.outlook))
        pairs.append(("  what to do", f"look at what answers for {trouble.slot!r}; mended, it goes on by itself"))
    return pairs
