"""Worksheets: what is asked of people, one row a request, and what they answer."""

from adapters.worksheets.answer import Answer, hand_over, spooled
from adapters.worksheets.filled import RejectedWorksheet, Row, read_sheet
from adapters.worksheets.sheet import sheet_of

__all__ = ["Answer", "RejectedWorksheet", "Row", "hand_over", "read_sheet", "sheet_of", "spooled"]
