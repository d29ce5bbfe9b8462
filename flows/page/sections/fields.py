"""Fields of forms, each with its label and what may stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from loop.figures.page.markup import label


def hidden(**values: str) -> str:
    """Fields that nobody fills in; with them Enter hands in nothing, where a browser would press the first button."""
    inputs = (f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())
    return "".join(inputs) + "<button disabled hidden></button>"


def field(
    place: str, name: str, words: str, value: str = "", *, choices: Sequence[str] = (), hint: str = "", kind: str = ""
) -> str:
    """A labelled field, with what belongs there below it.

    Parameters
    ----------
    place
        Of the page: no other field has it.
    name
        Under which its text is sent.
    words
        Its label; an error that begins so, or quotes it, marks the field.
    value
        What stands there.
    choices
        Where it is one of a few.
    hint
        What belongs there.
    kind
        ``"decimal"`` where a phone should offer digits.
    """
    own = f'id="{escape(place)}" name="{escape(name)}" data-called="{escape(words)}"'
    own += f' aria-describedby="{escape(place)}-hint"' if hint else ""
    if choices:
        options = "".join(_option(each, is_chosen=each == value) for each in choices)
        inner = f'<select {own} autocomplete="off">{options}</select>'
    else:
        mode = f' inputmode="{kind}"' if kind else ""
        inner = f'<input {own} value="{escape(value)}" autocomplete="off"{mode}>'
    below = f'<small id="{escape(place)}-hint">{escape(hint)}</small>' if hint else ""
    return f'<div class="field"><label for="{escape(place)}">{label(words)}</label>{inner}{below}</div>'


def _option(value: str, *, is_chosen: bool) -> str:
    chosen = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{chosen}>{escape(value)}</option>'
