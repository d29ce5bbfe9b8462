"""The history of a campaign: sealed cycles that are never changed, and what is derived from them."""

from loop.history.compare import Difference, compare
from loop.history.header import Header
from loop.history.history import History
from loop.history.overview import Overview
from loop.history.verify import Verification

__all__ = ["Difference", "Header", "History", "Overview", "Verification", "compare"]
