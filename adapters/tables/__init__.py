"""Tables of values: one row a calculation or a measurement."""

from adapters.tables.row import TableRow
from adapters.tables.table import read_table

__all__ = ["TableRow", "read_table"]
