"""What an adapter says, without the secrets that it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from loop.records import Failure, Provenance, Result
from loop.secret import concealed

AnyItem = TypeVar("AnyItem", bound=Result | Failure)

_OF_FAILURES = ("label", "reason", "remedy")
_OF_PROVENANCE = ("file", "locator", "laboratory", "person", "sample", "citation", "note")


def discreet(item: AnyItem, secrets: Sequence[str]) -> AnyItem:
    """Conceal secrets in the words of what an adapter hands over: they are sealed, and a history is passed on.

    Parameters
    ----------
    item
        A value or a failure.
    secrets
        As :func:`~loop.secret.secrets_of` gives them.
    """
    if not secrets:
        return item
    provenance = replace(item.provenance, **_concealed(item.provenance, _OF_PROVENANCE, secrets))
    said = _concealed(item, _OF_FAILURES, secrets) if isinstance(item, Failure) else {}
    return replace(item, provenance=provenance, **said)


def _concealed(saying: Failure | Provenance, names: Iterable[str], secrets: Sequence[str]) -> dict[str, Any]:
    return {name: concealed(getattr(saying, name), secrets) for name in names}
