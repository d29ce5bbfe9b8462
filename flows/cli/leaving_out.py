"""``douka replay --without``: what would be known without some of the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.cli.output import console, print_json, print_pairs, print_table
from flows.cli.places import find_history
from loop.figures.style import shown_unit
from loop.history import History
from loop.leaving_out import Known, Left, LeftOut, leave_out, parse_criteria
from loop.quantity import plain, plus_minus


def leaving_out_command(name: str, history: Path | None, without: Sequence[str], *, as_json: bool) -> None:
    """Show what is known with and without some data, and how well the rest foretells them."""
    with History.open(find_history(name, history)) as kept:
        found = leave_out(kept, parse_criteria(without))
    if as_json:
        print_json(_as_json(found))
        return
    unit = shown_unit(found.unit)
    print_table(
        "What is known",
        ("", "with everything", f"without {_words(found)}"),
        zip(_NAMES, _column(found.everything, unit), _column(found.without, unit), strict=True),
    )
    print_table(
        "Left out, against what the rest foretells",
        ("target", "what", "value", "foretold", "z", "where"),
        [_row(left) for left in found.left],
    )
    far = sum(abs(left.z_score) > 2 for left in found.left)
    judged = [left.z_score for left in found.left if left.z_score == left.z_score]
    pairs = [("left out", f"{len(found.left)} of {found.everything.observations} observations")]
    if judged:
        mean = sum(judged) / len(judged)
        pairs.append(("foretold", f"mean z {mean:+.2f}, {far} beyond ±2 (expected {0.0455 * len(judged):.1f})"))
    print_pairs("", pairs)
    if found.without.problem:
        console.print(f"no model without them: {found.without.problem}")


_NAMES = ("observations", "of the objective", "best measured", "best predicted", "scatter")


def _words(found: LeftOut) -> str:
    return ", ".join(f"{each.key}={each.value}" for each in found.criteria)


def _column(known: Known, unit: str) -> tuple[str, ...]:
    best, guess = known.best_measured, known.best_predicted
    return (
        str(known.observations),
        str(known.measured),
        f"{best.label} {plain(known.best_measured_worth)} {unit}" if best else "–",
        f"{guess.label} {plus_minus(guess.mean, guess.deviation)} {unit}" if guess else "–",
        f"{known.scatter:.3g} {unit}" if known.scatter == known.scatter else "–",
    )


def _row(left: Left) -> tuple[str, ...]:
    item, z = left.observation, left.z_score
    where = (item.provenance.laboratory, f"{item.provenance.file} {item.provenance.locator}")
    return (
        item.target,
        item.label,
        plain(item.value),
        plus_minus(left.mean, left.deviation),
        f"{z:+.1f}" if z == z else "–",
        "; ".join(part for part in where if part.strip()),
    )


def _as_json(found: LeftOut) -> dict[str, object]:
    return {
        "left_out_by": [{each.key: each.value} for each in found.criteria],
        "unit": found.unit,
        "everything": _known(found.everything),
        "without": _known(found.without),
        "left_out": [
            {
                "id": left.observation.id,
                "target": left.observation.target,
                "label": left.observation.label,
                "x": list(left.observation.x),
                "value": left.observation.value,
                "mean": left.mean,
                "deviation": left.deviation,
                "z_score": left.z_score,
            }
            for left in found.left
        ],
    }


def _known(known: Known) -> dict[str, object]:
    best, guess = known.best_measured, known.best_predicted
    return {
        "observations": known.observations,
        "measured": known.measured,
        "best_measured": best
        and {"label": best.label, "x": list(best.x), "value": known.best_measured_worth, "id": best.id},
        "best_predicted": guess and {"label": guess.label, "mean": guess.mean, "deviation": guess.deviation},
        "scatter": known.scatter,
        "problem": known.problem,
    }
