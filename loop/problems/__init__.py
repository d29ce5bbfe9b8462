"""Reference problems with known answers (method.md, section 6)."""

from loop.problems.band import Band
from loop.problems.demonstration import Demonstration
from loop.problems.hunt import Hunt, hunt, hunts, least_squares_hunt
from loop.problems.search import SearchProblem
from loop.problems.series import Series

__all__ = ["Band", "Demonstration", "Hunt", "SearchProblem", "Series", "hunt", "hunts", "least_squares_hunt"]
