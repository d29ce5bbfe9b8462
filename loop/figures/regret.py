"""Regret of several ways of choosing against measurements and against cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.assimilation.arrays import Array
from loop.backtest import Comparison, Setting
from loop.figures.curves import Curve, Shown, draw_curve
from loop.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, house_style, shown_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASUREMENTS, COST, WITHIN = "regret by measurements", "regret by cost", "within tolerance"
_LOOKS: tuple[dict[str, Any], ...] = tuple(
    {"color": color, "linestyle": line, "linewidth": 1.8}
    for color, line in zip((BLUE, RED, GREEN, PURPLE, ORANGE, SKY), ("-", "--", "-.", "-", "--", "-."), strict=True)
)
_BASELINES: tuple[dict[str, Any], ...] = (
    {"color": GREY, "linestyle": ":", "linewidth": 1.8},
    {"color": "black", "linestyle": (0, (1, 3)), "linewidth": 1.8},
    {"color": GREY, "linestyle": (0, (6, 3)), "linewidth": 1.2},
)


def regret_shown(comparison: Comparison, campaign: str) -> Shown:
    """Summarize a comparison as curves: medians with the middle half of the campaigns, and shares.

    Parameters
    ----------
    comparison
        Of settings over the same seeds.
    campaign
        For the title.
    """
    curves: list[Curve] = []
    order = np.arange(1.0, comparison.measurements + 1.0)
    for setting in comparison.settings:
        regret = comparison.regret(setting)
        curves.append(_banded(MEASUREMENTS, setting, order, regret))
        curves.append(_banded(COST, setting, comparison.costs(setting), comparison.regret_at_cost(setting)))
        curves.append(Curve(WITHIN, setting.name, order, (regret <= comparison.accepted).mean(axis=0)))
    seeds = len(regret)
    title = f"{campaign}: {seeds} retrospective campaign{'s' if seeds > 1 else ''} of each kind"
    return Shown(title, tuple(curves), ())


def draw_regret(
    shown: Shown, *, baselines: Sequence[str], unit: str, cost_unit: str, tolerance: float, accepted: float
) -> Figure:
    """Draw regret against measurements and cost, and the share of campaigns that came close enough.

    Parameters
    ----------
    shown
        Of :func:`regret_shown`.
    baselines
        Names of those that are drawn in grey and black.
    unit, cost_unit
        Of the regret and of the cost.
    tolerance, accepted
        What is close enough: relative to the best, and in the unit of the regret.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    looks = _looks(list(shown.panel(WITHIN)), baselines)
    with house_style():
        figure = Figure(figsize=(13.0, 4.8))
        figure.suptitle(shown.title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        left, middle, right = figure.subplots(1, 3)
        for axes, panel in ((left, MEASUREMENTS), (middle, COST), (right, WITHIN)):
            for name, curve in reversed(shown.panel(panel).items()):
                shade = 0.06 if name in baselines else 0.16
                draw_curve(axes, curve, shade=shade, drawstyle="steps-post", **looks[name])
            axes.set_xlim(left=0.0 if panel == COST else 1.0)
            axes.set_xlabel(f"spent, calculations included ({cost_unit})" if panel == COST else "measurements")
        left.set_title("Regret: median, and middle half of the campaigns")
        middle.set_title("The same against cost")
        _draw_regrets((left, middle), unit, accepted, f"{100 * tolerance:g} %")
        right.set_title(f"Measured one within {100 * tolerance:g} % of the best")
        right.set_ylabel("share of campaigns")
        right.set_ylim(0.0, 1.02)
        right.yaxis.set_major_formatter(PercentFormatter(1.0))
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside lower center", ncols=min(len(labels), 4))
    return figure


def _draw_regrets(panels: Sequence[Axes], unit: str, accepted: float, tolerance: str) -> None:
    """Linear up to what is close enough, logarithmic above: regrets begin large, and end at 0."""
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    for axes in panels:
        axes.set_ylabel(f"best there is − best measured ({shown_unit(unit)})")
        if accepted > 0.0:
            axes.set_yscale("symlog", linthresh=accepted, linscale=1.0)
            axes.yaxis.set_major_locator(FixedLocator(_ticks(accepted, axes.get_ylim()[1])))
            axes.yaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.set_ylim(bottom=-0.03 * accepted)
        axes.axhline(accepted, color="black", linewidth=0.7, zorder=0)
        where: dict[str, Any] = {"ha": "right", "va": "bottom", "fontsize": 8}
        axes.text(0.99, accepted, f"{tolerance} of the best", transform=axes.get_yaxis_transform(), **where)


def _ticks(accepted: float, top: float) -> list[float]:
    """0, two below what is close enough, and 1, 2, 5, 10 … above."""
    below = 10.0 ** np.floor(np.log10(accepted)) * np.array([1.0, 2.0, 5.0, 10.0])
    step = float(below[below <= accepted][-1]) / 2.0
    above = [float(k * 10.0**n) for n in range(-12, 13) for k in (1.0, 2.0, 5.0) if 2.0 * step < k * 10.0**n <= top]
    return [0.0, step, 2.0 * step, *above]


def _banded(panel: str, setting: Setting, x: Array, regret: Array) -> Curve:
    """Median and quartiles of regrets (seeds, n)."""
    low, median, high = np.percentile(regret, [25, 50, 75], axis=0)
    return Curve(panel, setting.name, x, median, low, high)


def _looks(names: Sequence[str], baselines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colours for what is compared, grey and black for what it is measured against."""
    compared, against = cycle(_LOOKS), cycle(_BASELINES)
    return {name: next(against if name in baselines else compared) for name in names}
