"""Mistakes planted in a clean table: found, explained, and little else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from loop.innovation import Audit, Forecaster, Reading, audit, trimmed
from loop.magnetism import convert_magnetization

Table = Callable[[int], list[Reading]]
LearnParabola = Callable[[Sequence[Reading]], Forecaster]
SEEDS = range(5)


def _planted(rows: list[Reading], at: int, **change: object) -> list[Reading]:
    return [replace(row, **change) if i == at else row for i, row in enumerate(rows)]  # type: ignore[arg-type]


def _guesses(found: Audit) -> dict[str, str]:
    return {each.reading.id: each.mistake.kind if each.mistake else "" for each in found.findings}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_table_has_few_false_alarms(table: Table, parabola: LearnParabola, seed: int) -> None:
    assert len(audit(table(seed), parabola).findings) <= 0.05 * 80


def _typical(rows: list[Reading], learn: LearnParabola) -> int:
    """A row whose two values fit well, so that what is found is the mistake."""
    z = np.abs(audit(rows, learn).z_scores).reshape(2, 40)
    return int(np.argmin(z.max(axis=0)[:20]))


def _mistaken(rows: list[Reading], at: int, kind: str) -> list[Reading]:
    row = rows[at]
    as_tesla = convert_magnetization(row.value, "muB/f.u.", "T", volume=236.0)
    in_grams = convert_magnetization(row.value, "muB/f.u.", "emu/g", molar_mass=1080.0)
    changes: dict[str, dict[str, object]] = {
        "another compound": {"value": rows[39].value},
        "unit": {"value": as_tesla},
        "unit, mass": {"value": in_grams},
        "sign": {"value": -row.value},
        "decimal point": {"value": row.value * 10},
        "columns, temperature": {"temperature": row.value, "value": 300.0},
    }
    if kind == "columns":
        return _planted(_planted(rows, at, value=rows[40 + at].value), 40 + at, value=row.value)
    return _planted(rows, at, **changes[kind])


KINDS = ("another compound", "unit", "unit, mass", "sign", "decimal point", "columns", "columns, temperature")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_is_found_and_explained(table: Table, parabola: LearnParabola, kind: str, seed: int) -> None:
    rows = table(seed)
    if kind == "columns, temperature":
        rows = [replace(row, temperature=300.0) if row.target == "M" else row for row in rows]
    at = _typical(rows, parabola)
    found = audit(_mistaken(rows, at, kind), parabola)
    assert found.findings[0].reading.id in {f"M{at}", f"Tc{at}"}
    assert _guesses(found)[f"M{at}"] == kind.split(",")[0]
    assert found.findings[0].mistake is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_many_mistakes_do_not_hide_each_other(table: Table, parabola: LearnParabola, seed: int) -> None:
    """A quarter of the moments in T, and some values of other compounds: a plain fit's own deviations hide them all."""
    rows = table(seed)
    rng = np.random.default_rng(seed)
    wrong = set(rng.permutation(40)[:12].tolist())
    in_tesla = set(sorted(wrong)[:9])
    for at in wrong:
        value = rows[at].value
        changed = convert_magnetization(value, "muB/f.u.", "T", volume=236.0) if at in in_tesla else value - 6.0
        rows = _planted(rows, at, value=changed)
    found = _guesses(audit(rows, parabola))
    assert {f"M{at}" for at in wrong} <= set(found)
    assert len(set(found) - {f"M{at}" for at in wrong}) <= 0.05 * 68
    assert all(found[f"M{at}"] == "unit" for at in in_tesla)


def test_what_was_believed_before_is_not_judged_again(table: Table, parabola: LearnParabola) -> None:
    rows = _planted(_planted(table(0), 5, value=300.0), 6, value=300.0)
    may_go = np.array([row.id != "M5" for row in rows])
    outcome = trimmed(rows, parabola, 3.0, may_go)
    assert outcome.is_believed[5]
    assert not outcome.is_believed[6] or abs(outcome.z_score[6]) <= 3.0


def test_the_same_table_in_another_order_gives_the_same_findings(table: Table, parabola: LearnParabola) -> None:
    rows = _mistaken(table(1), 5, "unit")
    shuffled = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    assert _guesses(audit(rows, parabola)) == _guesses(audit(shuffled, parabola))
