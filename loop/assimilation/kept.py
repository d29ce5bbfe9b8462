"""Rows that are kept as they are, because they do not add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loop.assimilation.arrays import Array, Ints
from loop.assimilation.statistics import Statistics
from loop.errors import DataError

_NUMBERS = ("kept_x", "kept_target", "kept_value", "kept_std", "kept_temperature")
_TEXTS = "kept_laboratory"


def _empty(*shape: int) -> Array:
    return np.empty(shape)


@dataclass(frozen=True)
class KeptRows(Statistics):
    """The place of :class:`Statistics` where a model needs the rows themselves (method.md, 4; design.md, the fold).

    Rows that enter nonlinearly are linearized anew at every fit, and offsets of laboratories need to know all
    laboratories: neither can be summed up once and for all. Statistics of two histories still add.

    Parameters
    ----------
    X
        Points (n, d).
    target
        Index of the target of each row (n,).
    value, std
        (n,), target units; 0 where no standard uncertainty is stated.
    temperature
        In K, (n,), NaN where it does not matter.
    laboratory
        Texts (n,), empty where unknown.
    """

    X: Array = field(default_factory=lambda: _empty(0, 0))
    target: Ints = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    value: Array = field(default_factory=lambda: _empty(0))
    std: Array = field(default_factory=lambda: _empty(0))
    temperature: Array = field(default_factory=lambda: _empty(0))
    laboratory: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.value)

    @property
    def counts(self) -> Ints:
        """Rows that observed each target (q,)."""
        return np.bincount(self.target, minlength=self.q).astype(np.intp)

    def __add__(self, other: Statistics) -> KeptRows:
        """Merge two histories."""
        if not isinstance(other, KeptRows) or (self.p, self.q) != (other.p, other.q):
            raise DataError("statistics that keep rows merge only with such of the same size")
        if not self.count or not other.count:
            return self if self.count else other
        pairs = [(getattr(self, name), getattr(other, name)) for name in _FIELDS]
        X, target, value, std, temperature = map(np.concatenate, pairs)
        laboratory = self.laboratory + other.laboratory
        return KeptRows(self.p, self.q, (), X, target, value, std, temperature, laboratory)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return plain arrays, for HDF5 or any other container."""
        texts = [text.encode() for text in self.laboratory]
        padded = np.zeros((len(texts), max(map(len, texts), default=0)), dtype=np.uint8)
        for row, text in zip(padded, texts, strict=True):
            row[: len(text)] = np.frombuffer(text, dtype=np.uint8)
        numbers = {key: np.asarray(getattr(self, name)) for key, name in zip(_NUMBERS, _FIELDS, strict=True)}
        return {"size": np.array([self.p, self.q]), **numbers, _TEXTS: padded}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> KeptRows:
        """Rebuild from :meth:`to_arrays`, bit for bit."""
        p, q = (int(size) for size in arrays["size"])
        laboratory = tuple(bytes(row).rstrip(b"\0").decode() for row in arrays[_TEXTS])
        X, target, value, std, temperature = (np.array(arrays[key]) for key in _NUMBERS)
        return cls(p, q, (), X, target.astype(np.intp), value, std, temperature, laboratory)


_FIELDS = ("X", "target", "value", "std", "temperature")
