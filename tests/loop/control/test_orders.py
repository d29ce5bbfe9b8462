"""Orders: durable, in order, the sternest stands until the campaign is resumed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.control import Kind, Order, Orders
from loop.errors import HistoryError


def _order(kind: Kind, reason: str = "") -> Order:
    return Order(kind=kind, reason=reason, person="Anna", time="2026-11-23T03:30:00.000+00:00")


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "orders").write_text("a file where a folder should be")
    with pytest.raises(HistoryError, match=r"orders: nothing was written: File exists"):
        Orders(tmp_path).give(_order(Kind.PAUSE))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(Kind), max_size=8))
def test_the_sternest_since_the_last_resume_stands(kinds: list[Kind]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        orders = Orders(Path(folder))
        for number, kind in enumerate(kinds):
            assert orders.give(_order(kind, str(number))).number == number
        since = len(kinds) - [*reversed(kinds), Kind.RESUME].index(Kind.RESUME)
        expected = max(kinds[since:], key=list(Kind).index, default=None)
        standing = orders.standing()
        assert (standing and standing.kind) == expected
        if standing is not None:
            assert int(standing.reason) == since + kinds[since:].index(standing.kind), "the first of equals"
        assert [order.kind for order in orders.all()] == kinds


def test_an_order_comes_back_as_it_was_given(tmp_path: Path) -> None:
    given = Orders(tmp_path / "h").give(_order(Kind.PAUSE, "der Ofen wird gewartet – 3 Tage"))
    assert Orders(tmp_path / "h").standing() == given
    assert str(given) == "paused by Anna at 2026-11-23T03:30:00.000+00:00: der Ofen wird gewartet – 3 Tage"
    assert str(Order(kind=Kind.PAUSE, time="t", reason="x")) == "paused by itself at t: x"


def _many(folder: str, kind: str) -> None:
    for _ in range(10):
        Orders(Path(folder)).give(_order(Kind(kind), kind))


def test_several_people_at_once_lose_no_order(tmp_path: Path) -> None:
    people = [threading.Thread(target=_many, args=(str(tmp_path), kind)) for kind in ("pause", "stop", "stop now")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(order.kind for order in Orders(tmp_path).all()) == sorted(["pause", "stop", "stop now"] * 10)


def test_an_order_outlasts_sigkill(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom loop.control import Kind, Order, Orders\n"
        "Orders(Path(sys.argv[1])).give(Order(kind=Kind.STOP, person='Anna', time='now'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    standing = Orders(tmp_path).standing()
    assert standing is not None
    assert standing.kind is Kind.STOP


@pytest.mark.parametrize("content", ["", "{}", '{"kind": "dance"}', '{"kind": "pause", "mood": 1}', "[1]", "\xff"])
def test_a_damaged_order_is_named(tmp_path: Path, content: str) -> None:
    Orders(tmp_path).give(_order(Kind.PAUSE))
    file = tmp_path / "orders/order_000000.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(HistoryError, match=r"order_000000\.json: found no order"):
        Orders(tmp_path).standing()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "orders").write_text("in the way")
    with pytest.raises((HistoryError, OSError)):
        Orders(tmp_path).give(_order(Kind.PAUSE))
    assert os.listdir(tmp_path) == ["orders"]  # noqa: PTH208
