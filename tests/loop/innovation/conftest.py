"""A simple model that learns: a parabola a target, by least squares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from loop.innovation import Forecast, Forecaster, Reading


def _parabola(readings: Sequence[Reading]) -> Forecaster:
    fits: dict[str, tuple[np.ndarray, np.ndarray, float]] = {}
    for target in {reading.target for reading in readings}:
        mine = [reading for reading in readings if reading.target == target]
        A, y = _design(mine), np.array([reading.value for reading in mine])
        inverse = np.linalg.inv(A.T @ A + 1e-9 * np.eye(3))
        beta = inverse @ A.T @ y
        scatter = float(np.sqrt(np.sum((y - A @ beta) ** 2) / (len(y) - 3)))
        fits[target] = (beta, inverse, scatter)

    def foretell(asked: Sequence[Reading]) -> Forecast:
        A = _design(asked)
        beta = np.array([fits[reading.target][0] for reading in asked])
        scatter = np.array([fits[reading.target][2] for reading in asked])
        shape = np.array([row @ fits[r.target][1] @ row for row, r in zip(A, asked, strict=True)])
        return Forecast((A * beta).sum(axis=1), scatter * np.sqrt(shape), scatter)

    return foretell


def _design(readings: Sequence[Reading]) -> np.ndarray:
    x = np.array([reading.x[0] for reading in readings])
    return np.stack([np.ones_like(x), x, x**2], axis=1)


@pytest.fixture
def parabola() -> Callable[[Sequence[Reading]], Forecaster]:
    return _parabola


@pytest.fixture
def table() -> Callable[[int], list[Reading]]:
    """Forty compounds with a moment and a Curie temperature each."""

    def make(seed: int) -> list[Reading]:
        rng = np.random.default_rng(seed)
        x = np.sort(rng.uniform(size=40))
        moment = 25 + 8 * x - 14 * x**2 + rng.normal(size=40) * 0.5
        curie = 500 + 600 * x - 150 * x**2 + rng.normal(size=40) * 10
        pairs = (("M", moment, "muB/f.u."), ("Tc", curie, "K"))
        return [
            Reading(
                id=f"{name}{i}", target=name, x=(float(x[i]),), value=float(values[i]), unit=unit, row=f"r{i}",
                label=f"x = {x[i]:.3f}", volume=236.0, molar_mass=1080.0,
            )
            for name, values, unit in pairs
            for i in range(40)
        ]  # fmt: skip

    return make
