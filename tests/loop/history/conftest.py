"""Histories to test with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loop.history import Header, History
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

MakeRecord = Callable[[int], CycleRecord]


@pytest.fixture
def header() -> Header:
    return Header(
        campaign="two fourteen µ",
        campaign_text='[campaign]\nname = "two fourteen µ"\n',
        campaign_folder="/somewhere/two fourteen µ",
        seed=7,
        variables=("α", "β"),
        targets={"M": "μB/f.u."},
        created={"python": "3.12.1", "threads": 2, "quick": True, "started": 1.5},
    )


def _provenance(number: int) -> Provenance:
    return Provenance(key=f"key{number}", adapter="laboratory", laboratory="東京", file="a b.csv", locator="line 3")


def _record(number: int) -> CycleRecord:
    rng = np.random.default_rng(number)
    name = f"{number}-experiment-0"
    reason = Reason(rule="ucb", text="highest bound", mean=30.0 + number, deviation=0.5, acquisition=31.0)
    earlier = f"{number - 1}-experiment-0"
    return CycleRecord(
        number=number,
        observations=(
            Observation(
                id=f"key{number}", target="M", x=(0.1 * number, 0.5), value=float(rng.normal()),
                uncertainty=None, label="Nd₂Fe₁₄B", request_id=earlier,
                requested_x=(0.1, 0.5), provenance=_provenance(number),
            ),
        ),
        quarantined=(
            Quarantined(
                id="bad", target="M", x=None, value=float("nan"), unit="emu/g", label="", reason="no unit",
                remedy="state it", z_score=None, request_id=None, provenance=_provenance(number),
            ),
        ),
        changes=(StatusChange(request_id=earlier, status=Status.DONE),) if number else (),
        requests=(
            Request(
                id=name, cycle=number, source=Source.EXPERIMENT, adapter="laboratory", target="M",
                x=(0.2, 0.3), label="Pr₂Fe₁₄B", cost=1.0, reason=reason, status=Status.SEALED,
            ),
        ),
        arrays={"theta/weights": rng.random(5), "rng/state": rng.integers(0, 9, 4, dtype="u8")},
        summary={"best": float(number), "stopped": False, "rule": "ucb"},
        facts={"host": "h", "time": 1.0e9 + number},
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """A record of realistic kind, the same for the same number."""
    return _record


@pytest.fixture
def history(tmp_path: Path, header: Header, make_record: MakeRecord) -> Path:
    """The folder of a closed history of five cycles."""
    with History.create(tmp_path / "ヒストリー with space", header) as opened:
        for number in range(5):
            opened.append(make_record(number))
    return tmp_path / "ヒストリー with space"
