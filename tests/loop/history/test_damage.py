"""Whatever happens to a sealed file is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from loop.errors import DamagedCycleError
from loop.history import Header, History
from loop.history.layout import cycle_path, header_paths
from loop.records import CycleRecord

SAMPLE = 300


def _flip(content, place, bit):
    damaged = bytearray(content)
    damaged[place] ^= 1 << bit
    return bytes(damaged)


def _assert_noticed(opened, path, number):
    with pytest.raises(DamagedCycleError) as caught:
        opened.read(number)
    assert str(path) in str(caught.value)


def test_a_sample_of_flipped_bits(history):
    """Every bit of the seal's text, and a random sample of the rest."""
    path, rng = cycle_path(history, 2), np.random.default_rng(0)
    content, opened = path.read_bytes(), History.open(history)
    places = [*range(100), *rng.integers(0, len(content), SAMPLE)]
    for place in places:
        path.write_bytes(_flip(content, place, rng.integers(8)))
        _assert_noticed(opened, path, 2)
    path.write_bytes(content)
    assert opened.read(2).number == 2


@pytest.mark.slow
def test_every_byte_of_a_small_cycle(tmp_path):
    with History.create(tmp_path / "small", Header(campaign="small", campaign_text="")) as opened:
        path = opened.append(CycleRecord(number=0, summary={"best": 1.0}))
        content = path.read_bytes()
        for place in range(len(content)):
            path.write_bytes(_flip(content, place, place % 8))
            _assert_noticed(opened, path, 0)
    print(f"{len(content)} flipped bytes, all noticed")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:0],
        lambda content: content[:100],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: bytes(len(content)),
        lambda content: content[:4096] + bytes(4096) + content[8192:],
        lambda content: content[512:],
    ],
)
def test_torn_files(history, spoil):
    path = cycle_path(history, 2)
    path.write_bytes(spoil(path.read_bytes()))
    opened = History.open(history)
    _assert_noticed(opened, path, 2)
    assert opened.read(3).number == 3


def test_a_whole_cycle_under_another_number(history):
    cycle_path(history, 2).write_bytes(cycle_path(history, 3).read_bytes())
    with pytest.raises(DamagedCycleError, match="found cycle 3, expected cycle 2"):
        History.open(history).read(2)


def test_a_cycle_that_never_was(history):
    with pytest.raises(DamagedCycleError, match="the file is missing"):
        History.open(history).read(77)


def test_the_last_cycle_is_not_built_upon_while_damaged(history, make_record):
    path = cycle_path(history, 4)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with History.open(history, "a") as opened:
        for _ in range(2):
            with pytest.raises(DamagedCycleError):
                opened.append(make_record(5))
    path.write_bytes(content)
    with History.open(history, "a") as opened:
        opened.append(make_record(5))
        assert opened.verify().ok


def test_both_headers_damaged(history):
    for path in header_paths(history, 0):
        path.write_bytes(b"")
    with pytest.raises(DamagedCycleError, match=r"header_0000\.h5"):
        History.open(history)


def test_flipped_bytes_of_headers(history, header):
    for path in header_paths(history, 0):
        content = path.read_bytes()
        for place in range(0, len(content), 97):
            path.write_bytes(_flip(content, place, 3))
            assert History.open(history).header == header
        assert list(History.open(history).verify().headers) == [path]
        path.write_bytes(content)
