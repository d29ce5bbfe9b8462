"""Pictures: the only place that imports matplotlib."""

from loop.figures.report import draw_report

__all__ = ["draw_report"]
