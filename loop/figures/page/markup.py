"""Small pieces of HTML; every text that comes in is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_FORMULA = re.compile(r"([A-Z][a-z]?[\d.]*)+")


def paragraph(text: str, kind: str = "") -> str:
    """One paragraph; ``kind`` is its class."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it."""
    return f"<section><h2>{escape(title)}</h2>\n" + "\n".join(part for part in parts if part) + "\n</section>"


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values, one pair a line."""
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{label(value)}</td></tr>\n' for name, value in rows)
    return f'<table class="pairs">\n{body}</table>'


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a header; nothing where there are no rows, and no column that is empty throughout."""
    lines = list(rows)
    shown = [place for place in range(len(columns)) if any(line[place] for line in lines)]
    body = "".join("<tr>" + "".join(f"<td>{label(line[at])}</td>" for at in shown) + "</tr>\n" for line in lines)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(columns[at])}</th>' for at in shown)
    top = f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>"
    return f"<table>\n{top}\n<tbody>{body}</tbody></table>"


def commands(*lines: str) -> str:
    """What a reader types."""
    return "<pre><code>" + "\n".join(escape(line) for line in lines) + "</code></pre>"


def items(lines: Iterable[str]) -> str:
    """A list."""
    body = "".join(f"<li>{escape(line)}</li>\n" for line in lines)
    return f"<ul>\n{body}</ul>" if body else ""


def label(text: str) -> str:
    """Escape a text; a formula gets its subscripts."""
    if re.search(r"\d", text) and _FORMULA.fullmatch(text) and not re.fullmatch(r"[A-Z]\d+", text):
        return re.sub(r"([\d.]+)", r"<sub>\1</sub>", text)
    return escape(text).replace(" ± ", "&nbsp;±&nbsp;")
