"""The import names are generic, so nobody else may own them in this environment."""

from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

import adapters
import flows
import loop

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("package", [loop, adapters, flows], ids=lambda package: package.__name__)
def test_nobody_else_owns_the_name(package: object) -> None:
    name = package.__name__
    assert set(packages_distributions().get(name, ["douka"])) == {"douka"}
    assert Path(package.__file__).resolve().parent == ROOT / name


@pytest.mark.parametrize("group", ["douka.simulators", "douka.instruments", "douka.rules"])
def test_what_is_registered_can_be_loaded(group: str) -> None:
    ours = [point for point in entry_points(group=group) if point.dist is not None and point.dist.name == "douka"]
    assert ours
    for point in ours:
        assert callable(point.load())
