"""Slips of the pen in a number: its sign, its decimal point, two of its digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from loop.innovation.mistakes.alternative import Alternative
from loop.innovation.reading import Reading

_SHIFTS = (-3, -2, -1, 1, 2, 3)


def wrong_sign(reading: Reading, _others: Sequence[Reading]) -> Iterator[Alternative]:
    """The reading with the other sign."""
    yield Alternative("sign", "the sign", (replace(reading, value=-reading.value),))


def shifted_point(reading: Reading, _others: Sequence[Reading]) -> Iterator[Alternative]:
    """The reading with its decimal point up to three places to either side."""
    for shift in _SHIFTS:
        meant = replace(reading, value=reading.value * 10.0**shift)
        words = f"the decimal point, {abs(shift)} to the {'right' if shift > 0 else 'left'}: {meant.value:g}"
        yield Alternative("decimal point", words, (meant,), len(_SHIFTS))


def exchanged_digits(reading: Reading, _others: Sequence[Reading]) -> Iterator[Alternative]:
    """The reading with two neighbouring digits exchanged."""
    digits = f"{reading.value:.6g}"
    numbers = [i for i, sign in enumerate(digits) if sign.isdigit()] if "e" not in digits else []
    pairs = [
        (i, j) for i, j in pairwise(numbers) if digits[i] != digits[j] and not (i == numbers[0] and digits[j] == "0")
    ]
    for i, j in pairs:
        text = digits[:i] + digits[j] + digits[i + 1 : j] + digits[i] + digits[j + 1 :]
        yield Alternative("digits", f"digits exchanged: {text}", (replace(reading, value=float(text)),), len(pairs))
