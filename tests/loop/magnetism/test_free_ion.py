"""Free ions against the table of any textbook, and the compounds that a ferromagnet's law refuses."""

import pytest

from loop.errors import CompositionError
from loop.magnetism import antiparallel, free_ion, require_ferromagnet
from loop.magnetism.free_ion import LANTHANIDES

# S, L, J, g_J of R3+: Jensen & Mackintosh, Rare Earth Magnetism (1991), table 1.1
TABLE = {
    "La": (0, 0, 0, 0),
    "Ce": (1 / 2, 3, 5 / 2, 6 / 7),
    "Pr": (1, 5, 4, 4 / 5),
    "Nd": (3 / 2, 6, 9 / 2, 8 / 11),
    "Pm": (2, 6, 4, 3 / 5),
    "Sm": (5 / 2, 5, 5 / 2, 2 / 7),
    "Eu": (3, 3, 0, 0),
    "Gd": (7 / 2, 0, 7 / 2, 2),
    "Tb": (3, 3, 6, 3 / 2),
    "Dy": (5 / 2, 5, 15 / 2, 4 / 3),
    "Ho": (2, 6, 8, 5 / 4),
    "Er": (3 / 2, 6, 15 / 2, 6 / 5),
    "Tm": (1, 5, 6, 7 / 6),
    "Yb": (1 / 2, 3, 7 / 2, 8 / 7),
    "Lu": (0, 0, 0, 0),
}
HEAVY = ("Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb")


@pytest.mark.parametrize("element", TABLE)
def test_hunds_rules(element):
    ion = free_ion(element)
    assert (ion.spin, ion.orbital, ion.total) == TABLE[element][:3]
    assert ion.lande == pytest.approx(TABLE[element][3])
    assert ion.moment == pytest.approx(TABLE[element][3] * TABLE[element][2])


def test_light_couple_parallel_and_heavy_antiparallel():
    signs = {element: free_ion(element).sign for element in LANTHANIDES}
    assert {element for element, sign in signs.items() if sign < 0} == set(HEAVY)
    assert {element for element, sign in signs.items() if sign == 0} == {"La", "Eu", "Lu"}
    assert free_ion("Nd").contribution == pytest.approx(3.27, abs=0.01)
    assert free_ion("Pr").contribution == pytest.approx(3.20)
    assert free_ion("Dy").contribution == pytest.approx(-10.0)
    assert free_ion("Y").contribution == 0.0


def test_no_rare_earth_is_named():
    with pytest.raises(CompositionError, match="'Fe' is no rare earth"):
        free_ion("Fe")


def test_heavy_rare_earths_are_refused_with_the_reason():
    with pytest.raises(CompositionError, match=r"Dy0\.1Nd1\.9Fe14B holds Dy: .*antiparallel.*ferrimagnet"):
        require_ferromagnet({"Nd": 1.9, "Dy": 0.1, "Fe": 14, "B": 1}, "Dy0.1Nd1.9Fe14B")
    require_ferromagnet({"Nd": 2.0, "Dy": 0.0, "Fe": 14, "B": 1}, "Nd2Fe14B")
    assert antiparallel(["Nd", "Gd", "Fe", "Lu", "Tm"]) == ("Gd", "Tm")
