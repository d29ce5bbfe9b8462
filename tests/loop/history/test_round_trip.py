"""Every record comes back as it was, bit by bit."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from loop.errors import HistoryError
from loop.history import Header, compare
from loop.history.cycle_file import decode, encode
from loop.history.digest import record_digest
from loop.history.seal import BLOCK
from loop.history.text import from_bytes, to_bytes
from loop.records import CycleRecord, Observation, Quarantined, Request, StatusChange

HEADER = Header(campaign="property", campaign_text="", variables=("a", "b"))
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
REAL = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
WHOLE = st.integers(-(2**63), 2**63 - 1)
PLAIN = st.dictionaries(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8),
    st.one_of(TEXT, st.text("µx", max_size=3).map(lambda text: text * 9000), WHOLE, REAL, st.booleans()),
    max_size=4,
)
DTYPES = st.sampled_from([f"{order}{kind}" for order in "<>" for kind in ("f4", "f8", "i8", "u8", "c16")] + ["?", "i1"])
ARRAYS = st.dictionaries(
    st.sampled_from(["theta/mean", "theta/weights", "state", "posterior/deep/est", "µ"]),
    DTYPES.flatmap(
        lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    ),
    max_size=4,
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, UnionType):
        return st.one_of([values(each) for each in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(REAL, max_size=3).map(tuple)
    if dataclasses.is_dataclass(hint):
        return nouns(hint)
    plain = {bool: st.booleans(), str: TEXT, float: REAL, int: WHOLE, type(None): st.none()}
    return plain[hint] if hint in plain else st.sampled_from(hint)


def nouns(noun: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(noun)
    return st.builds(noun, **{field.name: values(hints[field.name]) for field in dataclasses.fields(noun)})


def few(noun: Any) -> st.SearchStrategy[Any]:
    return st.lists(nouns(noun), max_size=3).map(tuple)


RECORDS = st.builds(
    CycleRecord,
    number=st.integers(0, 10**9),
    observations=few(Observation),
    quarantined=few(Quarantined),
    changes=few(StatusChange),
    requests=few(Request),
    arrays=ARRAYS,
    summary=PLAIN,
    facts=PLAIN,
)


@given(RECORDS)
@settings(max_examples=60, deadline=None)
def test_records_come_back(record):
    back = decode(encode(record, HEADER, "")[0], Path("file"))
    assert compare(record, back, facts=True) == []
    assert record_digest(back) == record_digest(record)
    assert [type(value) for value in back.facts.values()] == [type(record.facts[name]) for name in back.facts]
    for name, array in record.arrays.items():
        kept = back.arrays[name]
        assert kept.dtype == array.dtype.newbyteorder("<")
        assert kept.tobytes() == array.astype(kept.dtype).tobytes()


@given(st.text(st.characters(exclude_categories=())))
@settings(deadline=None)
def test_any_text_comes_back(text):
    assert b"\0" not in to_bytes(text)
    assert from_bytes(to_bytes(text)) == text


def test_one_record_has_one_image_and_a_zero_filled_user_block(make_record):
    image, _ = encode(make_record(3), HEADER, "x")
    assert image == encode(make_record(3), HEADER, "x")[0]
    assert set(image[image.index(b"\n", 30) + 1 : BLOCK]) == {0}
    assert image[BLOCK : BLOCK + 4] == b"\x89HDF"


def test_facts_do_not_enter_the_digest(make_record):
    record = make_record(1)
    assert record_digest(dataclasses.replace(record, facts={})) == record_digest(record)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"observations": ()},
        {"summary": {"best": 1}},
        {"summary": {"best": True}},
        {"summary": {"best": "1.0"}},
        {"arrays": {"a": np.zeros(2)}},
        {"arrays": {"a": np.zeros(2, "f4")}},
        {"arrays": {"a": np.array([0.0, -0.0])}},
        {"arrays": {"a": np.zeros((2, 1))}},
    ],
)
def test_everything_else_enters_the_digest_and_the_comparison(change, make_record):
    record = dataclasses.replace(make_record(1), summary={"best": 1.0})
    other = dataclasses.replace(record, **change)
    assert record_digest(other) != record_digest(record)
    assert compare(record, other) != []


def test_digest_knows_numbers_not_their_types_or_byte_order(make_record):
    record = make_record(1)
    arrays = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in record.arrays.items()}
    request = dataclasses.replace(record.requests[0], cost=1, x=tuple(np.array(record.requests[0].x)))
    same = dataclasses.replace(
        record, arrays=arrays, requests=(request,), summary=dict(reversed(record.summary.items()))
    )
    assert record_digest(same) == record_digest(record)
    assert compare(same, record) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arrays": {"a": np.array(["text"])}}, "array 'a'.*expected truth values or numbers"),
        ({"arrays": {"a": np.array([None])}}, "array 'a'"),
        ({"arrays": {"a": np.zeros(1, np.longdouble)}}, "up to 64 bits"),
        ({"arrays": {"a/../b": np.zeros(1)}}, "cannot be the name of an array"),
        ({"arrays": {"a": np.zeros(1), "a/b": np.zeros(1)}}, "beside an array 'a'"),
        ({"summary": {"when": None}}, "when: found None"),
        ({"summary": {"big": 2**64}}, "64 bits"),
        ({"facts": {"": 1}}, "cannot be the name"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_written(change, message, make_record):
    with pytest.raises(HistoryError, match=f"cycle 1 cannot be kept.*{message}"):
        encode(dataclasses.replace(make_record(1), **change), HEADER, "")


@pytest.mark.parametrize(("field", "value"), [("cost", "1"), ("cost", None), ("cycle", 1.5), ("label", 3), ("x", None)])
def test_wrong_types_are_refused_with_their_column(field, value, make_record):
    record = make_record(1)
    wrong = dataclasses.replace(record, requests=(dataclasses.replace(record.requests[0], **{field: value}),))
    with pytest.raises(HistoryError, match=f"{field}"):
        encode(wrong, HEADER, "")


def test_comparison_names_the_quantity(make_record):
    record = make_record(1)
    theta = record.arrays["theta/weights"].copy()
    theta[2] *= 1 + 1e-9
    other = dataclasses.replace(record, arrays={**record.arrays, "theta/weights": theta})
    (difference,) = compare(record, other)
    assert difference.quantity == "arrays['theta/weights'][2]"
    assert str(difference).startswith("cycle 1: arrays['theta/weights'][2]: ")
    assert compare(record, other, rtol=1e-8) == []
    assert compare(record, dataclasses.replace(record, facts={})) == []


def test_comparison_within_a_tolerance(make_record):
    record = make_record(1)
    (request,) = record.requests
    reason = dataclasses.replace(request.reason, mean=request.reason.mean * (1 + 1e-12))
    other = dataclasses.replace(record, requests=(dataclasses.replace(request, reason=reason),))
    assert [each.quantity for each in compare(record, other)] == ["requests[0].reason.mean"]
    assert compare(record, other, rtol=1e-9) == []
