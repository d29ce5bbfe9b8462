"""Calls a Python function on a design point in a folder: ``python -m adapters.simulators.calling module:function``.

The folder holds ``point.json``, the function's arguments by name; ``answer.json`` is added. JSON in and JSON out: what
another process or machine wrote is never unpickled. Secrets are not among the arguments, only the names of the
environment variables that hold them here; nor are they in what the function says, for the folder is kept.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import numbers
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import format_exception
from typing import Any

from loop.errors import AdapterError, CampaignError, DataError
from loop.secret import concealed, disclosed, secrets_of

POINT, ANSWER = "point.json", "answer.json"
_TEXTS = ("unit", "note")


def found(call: str) -> Callable[..., Any]:
    """Find a function.

    Parameters
    ----------
    call
        ``module:function``, or ``path/of/file.py:function``.

    Raises
    ------
    CampaignError
        Where there is no such function.
    """
    where, _, name = call.rpartition(":")
    try:
        function = getattr(_module(where), name)
    except Exception as error:  # importing runs the user's code
        raise CampaignError(f"{call!r} cannot be imported: {type(error).__name__}: {error}") from error
    if not callable(function):
        raise CampaignError(f"{call!r} is {type(function).__name__}, expected a function")
    return function  # type: ignore[no-any-return]


def answer(returned: object) -> dict[str, float | str]:
    """What a function returned, as plain JSON: a number, or value, unit, uncertainty and note by name.

    Raises
    ------
    DataError
        Where it is neither, or a number is not finite.
    """
    told = dict(returned) if isinstance(returned, Mapping) else {"value": returned}
    unknown = set(told) - {"value", "uncertainty", *_TEXTS}
    if unknown or "value" not in told:
        raise DataError(f"the function returned {returned!r}, expected a number, or value, unit, uncertainty, note")
    plain: dict[str, float | str] = {key: _number(key, told[key]) for key in ("value", "uncertainty") if key in told}
    return plain | {key: str(told[key]) for key in _TEXTS if key in told}


def call_in(folder: Path, call: str) -> None:
    """Call the function on the point in a folder and write the answer there, whole or not at all.

    Raises
    ------
    AdapterError
        Instead of an error of the function's own that shows a secret.
    CampaignError
        Where a secret is not in the environment here.
    """
    text = (folder / POINT).read_text(encoding="utf-8")
    arguments, secrets = disclosed(json.loads(text), folder.name), secrets_of(text)
    try:
        content = answer(found(call)(**arguments))
    except (Exception, SystemExit) as error:
        if any(secret in line for line in format_exception(error) for secret in secrets):
            raise AdapterError(concealed(f"{type(error).__name__}: {error}", secrets)) from None
        raise
    content = {key: concealed(told, secrets) if isinstance(told, str) else told for key, told in content.items()}
    temporary = folder / f".{ANSWER}.{os.getpid()}"
    temporary.write_text(json.dumps(content, allow_nan=False) + "\n", encoding="utf-8")
    temporary.replace(folder / ANSWER)


def _module(where: str) -> Any:
    if not where.endswith(".py"):
        return importlib.import_module(where)
    specification = importlib.util.spec_from_file_location(f"douka function {where}", where)
    if specification is None or specification.loader is None:
        raise ImportError(f"{where} is no Python file")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise DataError(f"the function returned {key} {value!r}, expected a finite number")
    return float(value)


if __name__ == "__main__":
    call_in(Path.cwd(), sys.argv[1])
