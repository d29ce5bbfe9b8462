from __future__ import annotations

import pytest

from loop.space import Formula, Space, Variable


def space(template: str, *names: str) -> Space:
    return Space(tuple(Variable(name, 0.0, 1.0) for name in names), Formula.parse(template, names))


@pytest.fixture(scope="session")
def iron_cobalt() -> Space:
    return space("Fe{1-a}Co{a}", "a")


@pytest.fixture(scope="session")
def magnets() -> Space:
    return space("(Nd{1-a-b}Pr{a}Ce{b})2(Fe{1-d}Co{d})14B", "a", "b", "d")
