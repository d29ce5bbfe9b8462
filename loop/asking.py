"""Asking a device under examination: whatever it does, there is an answer in time or a shortcoming."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from loop.errors import DoukaError
from loop.waiting_for import waited_for


class Shortcoming(DoukaError, AssertionError):  # noqa: N818 - what is found, in the words of a test
    """A device does not keep a promise."""


class NotApplicable(DoukaError, NotImplementedError):  # noqa: N818 - no error: the device does not claim to do this
    """A promise that a device does not make."""


def called(method: Callable[[], Any], seconds: float, passes: tuple[type[BaseException], ...] = ()) -> Any:
    """Call in a thread, and wait: for the answer, and for what it promises (a coroutine, a status).

    Parameters
    ----------
    method
        Of the device.
    seconds
        To wait for it.
    passes
        Exceptions that are raised as they are.

    Raises
    ------
    Shortcoming
        Where there is no answer in time, or an exception.
    """
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append((waited_for(method()), None))
        except BaseException as error:  # drivers call sys.exit
            outcome.append((None, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    name = getattr(method, "__name__", "an action")
    if not outcome:
        raise Shortcoming(f"{name} gives no answer within {seconds:g} s")
    value, error = outcome[0]
    if error is None:
        return value
    if isinstance(error, passes):
        raise error
    raise Shortcoming(f"{name} raised {type(error).__name__}: {error}") from error


def table(method: Callable[[], Any], seconds: float, *keys: str) -> Mapping[str, Mapping[str, Any]]:
    """Call a method that gives signals by name.

    Parameters
    ----------
    method
        Of the device.
    seconds
        To wait for it.
    keys
        What every signal must have.

    Raises
    ------
    Shortcoming
        Where it gives something else.
    """
    found, name = called(method, seconds), getattr(method, "__name__", "an action")
    if not isinstance(found, Mapping) or not all(isinstance(signal, Mapping) for signal in found.values()):
        raise Shortcoming(f"{name} gives {found!r}, expected a table of signals")
    for signal, entries in found.items():
        if not isinstance(signal, str):
            raise Shortcoming(f"{name} names a signal {signal!r}, expected a text")
        if lacking := [key for key in keys if key not in entries]:
            raise Shortcoming(f"{name} gives no {lacking[0]} of {signal}, but {dict(entries)!r}")
    return found


def require_plain(what: str, content: object) -> None:
    """See that content is JSON without NaN.

    Raises
    ------
    Shortcoming
        Where it is not.
    """
    try:
        json.dumps(content, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Shortcoming(f"{what} is no plain JSON: {error}") from error
