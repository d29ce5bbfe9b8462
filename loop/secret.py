"""Secrets: a campaign file names the environment variable that holds one, never the secret itself.

The text of a campaign file is sealed in the history, and a history is passed on to others.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from loop.errors import CampaignError

ENV = "env"
_TELLING = re.compile(r"(?:^|[_-])(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|credentials?)$", re.I)
_ADDRESS = r"[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@"  # user:password in it
_SHAPES = (
    r"hooks\.slack\.com/(?:services|workflows)/."
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10}|sk-[\w-]{20})"
)
_LOOKS = re.compile(f"^{_ADDRESS}|{_SHAPES}", re.I)
_VARIABLE = re.compile(r"""\benv["']?\s*[=:]\s*["']?([A-Za-z_][A-Za-z0-9_]*)""")
_INSIDE = re.compile(rf"(?:{_ADDRESS}|{_SHAPES})[^\s'\"]*", re.I)
_SHORTEST = 4
"""A value that is shorter stands in many a harmless text."""


class Secret(str):
    """A text that no error message shows: its ``repr`` says only what it is.

    Parameters
    ----------
    value
        The text.
    variable
        Name of the environment variable that holds it.
    """

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, value: str = "", variable: str = "") -> Self:
        """Make one; without a value, to be shown in its place."""
        made = super().__new__(cls, value)
        made.variable = variable
        return made

    def __repr__(self) -> str:
        return "(a secret)"


def refuse_secrets(content: Mapping[str, Any], file: Path) -> None:
    """Refuse a campaign file in which a secret can be recognized.

    Parameters
    ----------
    content
        Of the file.
    file
        Named in the error; the secret is not.

    Raises
    ------
    CampaignError
        Naming the key and what to write instead.
    """
    for key, name, value in _texts(content):
        if value and (_TELLING.search(name) or _LOOKS.search(value)):
            raise CampaignError(
                f"{file}: {key} is a secret, and the history keeps the text of this file. "
                f'Write {{ {ENV} = "NAME" }} instead, and set the environment variable of that name'
            )


def disclosed(options: Mapping[str, Any], slot: str) -> dict[str, Any]:
    """Put the values of environment variables where the options of a slot refer to them, as ``{ env = "NAME" }``.

    Parameters
    ----------
    options
        As they stand in the campaign file.
    slot
        Named in the error.

    Raises
    ------
    CampaignError
        Where a variable is not set.
    """
    return {key: _disclosed(value, f"slot {slot!r}: options.{key}") for key, value in options.items()}


def undisclosed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Put references back where :func:`disclosed` followed them: what an adapter may write down of its options.

    Whoever reads it later discloses it again, in an environment that has the same variables.

    Parameters
    ----------
    options
        As an adapter is given them; a copy of a text, such as a validator makes, is no secret any more.
    """
    return {key: _undisclosed(value) for key, value in options.items()}


def holds_secret(value: Any) -> bool:
    """Whether a value of an option, or anything in it, was disclosed."""
    if isinstance(value, Mapping):
        return any(map(holds_secret, value.values()))
    return any(map(holds_secret, value)) if isinstance(value, list | tuple) else isinstance(value, Secret)


def secrets_of(text: str) -> tuple[str, ...]:
    """Give the values of the environment variables that a campaign file names, so that they can be concealed.

    Parameters
    ----------
    text
        Of the file, which need not be in order.
    """
    values = {os.environ.get(name, "") for name in _VARIABLE.findall(text)}
    forms = {form for each in values if len(each) >= _SHORTEST for form in _forms(each)}
    return tuple(sorted(forms, key=len, reverse=True))


def concealed(text: str, secrets: Iterable[str]) -> str:
    """Write a text without secrets: those that are given, and what looks like one.

    Parameters
    ----------
    text
        Such as the words of an error.
    secrets
        As :func:`secrets_of` gives them.
    """
    for each in secrets:
        text = text.replace(each, repr(Secret()))
    return _INSIDE.sub(repr(Secret()), text)


def _forms(value: str) -> tuple[str, ...]:
    """As it is, and as it stands in a ``repr``, in JSON and in an address."""
    return value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value), quote(value, safe="")


def _disclosed(value: Any, place: str) -> Any:
    if isinstance(value, Mapping):
        if list(value) == [ENV] and isinstance(value[ENV], str):
            return _variable(value[ENV], place)
        return {key: _disclosed(one, f"{place}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [_disclosed(one, f"{place}.{index}") for index, one in enumerate(value)]
    return value


def _undisclosed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return undisclosed(value)
    if isinstance(value, list):
        return [_undisclosed(one) for one in value]
    return {ENV: value.variable} if isinstance(value, Secret) else value


def _variable(name: str, place: str) -> Secret:
    if not (value := os.environ.get(name)):
        raise CampaignError(f"{place}: the environment variable {name} is not set, or empty; set it and start again")
    return Secret(value, name)


def _texts(content: Any, key: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text of a TOML file, with its dotted key and the last word of that which is no index."""
    if isinstance(content, Mapping):
        for part, value in content.items():
            yield from _texts(value, f"{key}.{part}".lstrip("."), part)
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from _texts(value, f"{key}.{index}", name)
    elif isinstance(content, str) and name != ENV:
        yield key, name, content
