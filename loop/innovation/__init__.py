"""The innovation check: whether a value is what the others foretell, and what may have gone wrong with it."""

from loop.innovation.audit import LIMIT, Audit, Finding, audit
from loop.innovation.forecast import Forecast, Forecaster, Learn
from loop.innovation.likely import likely_mistake
from loop.innovation.mistakes import Alternative
from loop.innovation.reading import Reading
from loop.innovation.standardized import innovations
from loop.innovation.trimming import Trimmed, trimmed

__all__ = [
    "LIMIT",
    "Alternative",
    "Audit",
    "Finding",
    "Forecast",
    "Forecaster",
    "Learn",
    "Reading",
    "Trimmed",
    "audit",
    "innovations",
    "likely_mistake",
    "trimmed",
]
