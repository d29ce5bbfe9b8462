"""The report as one HTML file: it needs no other file and no network, and prints."""

from loop.figures.page.account import Account
from loop.figures.page.page import report_page

__all__ = ["Account", "report_page"]
