"""How `golden/v1` was made: `python make_golden.py FOLDER`. Run once for a new format version, never for an old one."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from loop.history import Header, History
from loop.history.layout import FORMAT_VERSION, INDEX, LOCK
from loop.records import (
    CycleRecord,
    Observation,
    Provenance,
    Quarantined,
    Reason,
    Request,
    Source,
    Status,
    StatusChange,
)

HEADER = Header(
    campaign="gölden 同化",
    campaign_text='[campaign]\nname = "gölden 同化"\n',
    campaign_folder="/somewhere",
    seed=14,
    variables=("α", "β"),
    targets={"M": "μB/f.u."},
    created={"python": "3.12.1", "threads": 2, "quick": False, "load": 0.5},
)


def record(number: int) -> CycleRecord:
    provenance = Provenance(key=f"k{number}", adapter="laboratory", file="a b.csv", locator="line 3", laboratory="東京")
    name = f"{number}-laboratory-0"
    observation = Observation(
        id=f"k{number}", target="M", x=(0.1 * number, 1 / 3), value=30.1 + 0.1 * number,
        uncertainty=None if number else 0.25, label="Nd₂Fe₁₄B", request_id=None if number == 0 else name,
        requested_x=None if number == 0 else (0.5, 0.5), provenance=provenance,
    )  # fmt: skip
    strange = Quarantined(
        id="bad", target="M", x=None if number == 1 else (0.1,), value=1.5, unit="emu/g", label="", reason="no unit",
        remedy="state it", z_score=None, request_id=None, provenance=provenance,
    )  # fmt: skip
    reason = Reason(rule="ucb", text="highest bound", mean=31.5, deviation=0.5, acquisition=32.5)
    request = Request(
        id=name, cycle=number, source=Source.EXPERIMENT, adapter="laboratory", target="M", x=(0.2, 0.3),
        label="Pr₂Fe₁₄B", cost=2.5, reason=reason, status=Status.SEALED,
    )  # fmt: skip
    change = StatusChange(request_id=f"{number - 1}-laboratory-0", status=Status.FAILED, note="crucible broke\0")
    long = {"long": "x" * 8001} if number == 1 else {}
    return CycleRecord(
        number=number,
        observations=(observation,) * (number != 2),
        quarantined=(strange,) * (number != 0),
        changes=(change,) * (number != 0),
        requests=(request,) * (number != 2),
        arrays={"theta/weights": np.arange(2) / 3, "flags": np.array([True, False]), "empty": np.zeros((0, 2))},
        summary={"best": 30.1 + number, "cycles": number, "stopped": number == 2, "why": ""} | long,
        facts={"host": "h", "sealed": "2026-11-22T23:00:00.000+00:00", "wall_seconds": 0.25},
    )


def main(folder: Path) -> None:
    target = folder / f"v{FORMAT_VERSION}"
    with History.create(target, HEADER) as history:
        for number in range(2):
            history.append(record(number))
        digest, header = history.digest(), asdict(history.header)
    for name in (LOCK, INDEX):
        (target / name).unlink()
    expected = {"digest": digest, "header": header, "records": [contents(record(number)) for number in range(2)]}
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / f"v{FORMAT_VERSION}.json").write_text(text + "\n", encoding="utf-8")


def contents(made: CycleRecord) -> dict:
    """What the records say, written independently of how they are stored."""
    return {
        "observations": [(each.label, each.x, each.value.hex(), each.uncertainty) for each in made.observations],
        "quarantined": [(each.id, each.x, each.reason) for each in made.quarantined],
        "changes": [(each.request_id, each.status, each.note) for each in made.changes],
        "requests": [(each.id, each.x, each.reason.mean, each.status) for each in made.requests],
        "arrays": {name: array.tolist() for name, array in made.arrays.items()},
        "summary": dict(made.summary),
        "facts": dict(made.facts),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
