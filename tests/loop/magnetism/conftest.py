"""Families of magnets made up, with a truth to compare with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from loop.magnetism import KuzminLaw, Row


@dataclass(frozen=True)
class Family:
    """Like R2(Fe,Co)14B in one variable, the Co content: Co lowers M at 0 K and raises Tc."""

    law: KuzminLaw
    shift: tuple[float, ...]
    curie_shift: tuple[float, ...]
    scatter: tuple[float, float] = (0.3, 5.0)

    def calculated(self, x):
        return 31.0 + 4.0 * x - 11.0 * x**2

    def zero(self, x):
        return self.calculated(x) + 2.0 - 5.0 * x

    def curie(self, x):
        return 580.0 + 720.0 * x - 280.0 * x**2

    def magnetization(self, x, T):
        return self.zero(x) * self.law.reduced(T / self.curie(x))

    def calculations(self, rng, n):
        x = rng.random(n)
        y = self.calculated(x) + 0.05 * rng.normal(size=n)
        pairs = zip(x, y, strict=True)
        return [Row(x=(a,), quantity="magnetization", source="calculation", value=b) for a, b in pairs]

    def samples(self, rng, n):
        """Compositions, laboratories, and what one sample's M0 and Tc are read as there."""
        x, lab = rng.random(n), rng.integers(len(self.shift), size=n)
        zero = self.zero(x) + np.array(self.shift)[lab] + self.scatter[0] * rng.normal(size=n)
        curie = self.curie(x) + np.array(self.curie_shift)[lab] + self.scatter[1] * rng.normal(size=n)
        return x, lab, zero, curie

    def magnetizations(self, rng, n, temperatures=(4.2, 77.0, 300.0, 300.0, 300.0, 450.0)):
        x, lab, zero, curie = self.samples(rng, n)
        T = rng.choice(temperatures, n)
        y = zero * self.law.reduced(T / curie) + 0.05 * rng.normal(size=n)
        return [
            Row(
                x=(a,),
                quantity="magnetization",
                source="experiment",
                temperature=t,
                value=v,
                deviation=0.05,
                laboratory=f"L{i}",
            )
            for a, t, v, i in zip(x, T, y, lab, strict=True)
        ]

    def curies(self, rng, n):
        x, lab, _, curie = self.samples(rng, n)
        return [
            Row(x=(a,), quantity="curie_temperature", source="experiment", value=v, laboratory=f"L{i}")
            for a, v, i in zip(x, curie, lab, strict=True)
        ]


@pytest.fixture(scope="session")
def family():
    """A family of four laboratories with unknown shape."""

    def draw(seed, laboratories=4):
        rng = np.random.default_rng(seed)
        law = KuzminLaw(float(np.exp(np.log(0.6) + 0.3 * rng.normal())), float(1.5 + np.exp(0.2 * rng.normal())))
        shift = tuple(rng.normal(0.0, 0.6, laboratories))
        return Family(law, shift, tuple(rng.normal(0.0, 6.0, laboratories))), rng

    return draw
