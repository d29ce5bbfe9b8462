"""The figure of a comparison shows what its courses say."""

from __future__ import annotations

import numpy as np
import pytest

from loop.backtest import Comparison, Course, Setting, Worth
from loop.figures.regret import COST, MEASUREMENTS, WITHIN, draw_regret, regret_shown

OURS, RANDOM = Setting("ours", "ucb", "alternating"), Setting("at random", "random", None)
LIMIT = 6


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    rng = np.random.default_rng(2)

    def made_up(seed: int, cost: float) -> Course:
        regret = np.minimum.accumulate(rng.integers(0, 9, LIMIT)).astype(float)
        end = int(np.argmin(regret)) + 1 if regret.min() == 0 else LIMIT
        return Course(seed, tuple(regret[:end].tolist()), tuple((cost * np.arange(1, end + 1)).tolist()))

    courses = {each: [made_up(seed, cost) for seed in range(9)] for each, cost in ((OURS, 1.5), (RANDOM, 1.0))}
    return Comparison(courses, Worth({(0.0,): 0.0, (1.0,): 9.0}, 20.0), LIMIT, 0.1)


def test_curves_are_medians_and_quartiles(comparison: Comparison) -> None:
    shown = regret_shown(comparison, "made up")
    assert "9 retrospective campaigns" in shown.title
    for setting, courses in comparison.courses.items():
        curve, share = shown.panel(MEASUREMENTS)[setting.name], shown.panel(WITHIN)[setting.name]
        for k in range(LIMIT):
            reached = [each.regret[min(k, len(each.regret) - 1)] for each in courses]
            assert (curve.lower[k], curve.y[k], curve.upper[k]) == tuple(np.percentile(reached, [25, 50, 75]))
            assert share.y[k] == np.mean([short <= 2.0 for short in reached])
        paid = shown.panel(COST)[setting.name]
        assert np.isfinite([paid.y, paid.lower, paid.upper]).all()


def test_what_is_compared_is_coloured_and_baselines_are_grey(comparison: Comparison) -> None:
    shown = regret_shown(comparison, "made up")
    looks = {"unit": "muB/f.u.", "cost_unit": "furnace weeks", "tolerance": 0.1, "accepted": comparison.accepted}
    figure = draw_regret(shown, baselines=["at random"], **looks)
    left, middle, right = figure.axes
    assert [axes.get_yscale() for axes in figure.axes] == ["symlog", "symlog", "linear"]
    assert "μB/f.u." in left.get_ylabel()
    assert "furnace weeks" in middle.get_xlabel()
    assert "10 % of the best" in right.get_title(loc="left")
    for axes in figure.axes:
        colors = {line.get_label(): line.get_color() for line in axes.lines}
        red, green, blue = (int(colors["at random"][k : k + 2], 16) for k in (1, 3, 5))
        assert red == green == blue
        assert colors["ours"] != colors["at random"]
    ticks = left.get_yticks()
    assert ticks[0] == 0.0
    assert sorted(set(ticks)) == list(ticks)


def test_nothing_but_the_best_may_be_accepted(comparison: Comparison) -> None:
    """A tolerance of 0 leaves no scale to be linear on."""
    exact = Comparison(comparison.courses, comparison.worth, LIMIT, 0.0)
    figure = draw_regret(
        regret_shown(exact, "made up"), baselines=[], unit="K", cost_unit="weeks", tolerance=0.0, accepted=0.0
    )
    assert figure.axes[0].get_yscale() == "linear"
    figure.canvas.draw()
