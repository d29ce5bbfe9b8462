"""A cell of a Markdown table."""

from __future__ import annotations


def cell(text: str) -> str:
    """Text that stays in its cell."""
    return text.replace("|", "\\|").replace("\n", " ")
