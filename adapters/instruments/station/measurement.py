"""One request, measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.instruments.containment.fault import Cause, DeviceError
from adapters.instruments.procedures.actions import from_table
from adapters.instruments.procedures.bench import Bench
from adapters.instruments.procedures.plan import executor_named
from adapters.instruments.procedures.reduction import Reduced, reduced
from adapters.instruments.station.options import StationOptions
from adapters.instruments.station.spool import OUTCOMES, STARTED, Spool
from loop.errors import DoukaError
from loop.facts import now

Order = Mapping[str, Any]


def measure(options: StationOptions, spool: Spool, order: Order, is_given_up: Callable[[], bool]) -> None:
    """Do the procedure for a request and leave its outcome in the spool.

    A *started* mark is durable before the first action. Raw data are written as they come. After a fault the devices
    are brought to their safe state before the outcome is told.

    Parameters
    ----------
    options
        Devices, steps, and what becomes of the readings.
    spool
        Of the station.
    order
        ``id``, ``label``, ``x`` by variable, ``actions``, ``unit`` and ``molar_mass``.
    is_given_up
        Asked meanwhile.
    """
    name = str(order["id"])
    spool.add(STARTED, name, {"started": now()})
    with Bench(options.devices, spool.folder / "logs", is_given_up) as bench:
        try:
            value = _measured(options, spool.raw(name), order, bench)
        except DeviceError as fault:
            _tell(spool, name, _failed(fault.cause, str(fault), bench.make_safe()))
        except DoukaError as error:
            _tell(spool, name, _failed(Cause.ERROR, str(error), bench.make_safe()))
        except Exception as error:  # a driver may hand over anything; the devices come to rest whatever it was
            _tell(spool, name, _failed(Cause.ERROR, f"{type(error).__name__}: {error}", bench.make_safe()))
        else:
            sha256 = hashlib.sha256(spool.raw(name).read_bytes()).hexdigest()
            _tell(spool, name, {**asdict(value), "raw": spool.raw(name).name, "sha256": sha256, "finished": now()})


def make_safe(options: StationOptions, spool: Spool) -> list[str]:
    """Bring all devices of a station to rest; the problems met on the way."""
    with Bench(options.devices, spool.folder / "logs") as bench:
        return bench.make_safe()


def _measured(options: StationOptions, raw: Path, order: Order, bench: Bench) -> Reduced:
    events: list[Mapping[str, Any]] = []
    with raw.open("w", encoding="utf-8") as file:

        def keep(event: Mapping[str, Any]) -> None:
            events.append(event)
            file.write(json.dumps(event, ensure_ascii=False) + "\n")
            file.flush()

        bench.load({"request": order["id"], "label": order["label"], "x": order["x"]})
        settings, units = bench.configuration(), bench.units()
        keep({"action": "settings", "signals": settings, "units": units})
        executor_named(options.executor)(bench, [from_table(action) for action in order["actions"]], keep)
    readings = [event for event in events if event["action"] == "read"]
    return reduced(options.result, readings, settings, units, str(order["unit"]), order["molar_mass"])


def _failed(cause: Cause, text: str, problems: list[str]) -> dict[str, Any]:
    safe = "devices were brought to their safe state" if not problems else f"NOT SAFE: {'; '.join(problems)}"
    return {"cause": str(cause), "reason": f"{text}; {safe}", "safe": not problems, "finished": now()}


def _tell(spool: Spool, name: str, outcome: Mapping[str, Any]) -> None:
    spool.add(OUTCOMES, name, outcome)
