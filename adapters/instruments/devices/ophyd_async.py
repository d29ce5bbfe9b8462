"""``ophyd-async``: devices of ophyd-async (``pip install 'douka[ophyd-async]'``), in an event loop of their own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.instruments.devices.importing import missing_extra, named, required


class OphydAsync:
    """A device of ophyd-async, to whoever calls it a synchronous one.

    Parameters
    ----------
    name
        Of the device.
    kind
        ``my_beamline.devices:Magnet``, or a factory such as ``ophyd_async.epics.core:epics_signal_rw``.
    positional, arguments
        Of the class.
    is_mock
        Connect to nothing, for trials.
    connect_seconds
        To connect to all signals.

    Raises
    ------
    PluginError
        Where ophyd-async is not installed.
    """

    def __init__(
        self,
        name: str,
        *,
        kind: str,
        positional: Sequence[Any] = (),
        arguments: Mapping[str, Any] | None = None,
        is_mock: bool = False,
        connect_seconds: float = 10.0,
    ) -> None:
        required("ophyd_async", "ophyd-async")
        self.name = name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        make = named(kind)
        self._device = self._done(lambda: _made(make, positional, arguments or {}, name))
        self._done(lambda: self._device.connect(mock=is_mock, timeout=connect_seconds))

    @staticmethod
    def missing() -> str:
        """What to install first."""
        return missing_extra("ophyd_async", "ophyd-async")

    def read(self) -> dict[str, dict[str, Any]]:
        """Value and time of every signal."""
        return {key: dict(value) for key, value in self._done(self._device.read).items()}

    def describe(self) -> dict[str, dict[str, Any]]:
        """Sources, types and units."""
        return {key: dict(value) for key, value in self._done(self._device.describe).items()}

    def set(self, value: Any) -> None:
        """Go there, and be there."""
        self._done(lambda: self._device.set(value))

    def stop(self, *, success: bool = True) -> None:
        """Come to rest, where the device can."""
        if hasattr(self._device, "stop"):
            self._done(lambda: self._device.stop(success=success))

    def close(self) -> None:
        """End the event loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _done(self, work: Callable[[], Any]) -> Any:
        """Do something in the loop, and wait."""

        async def awaited() -> Any:
            result = work()
            return await result if inspect.isawaitable(result) else result

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()


def _made(make: Callable[..., Any], positional: Sequence[Any], arguments: Mapping[str, Any], name: str) -> Any:
    device = make(*[_typed(value) for value in positional], **arguments)
    device.set_name(name)
    return device


def _typed(value: Any) -> Any:
    """Types stand in a campaign file by name: ``"float"`` of a signal."""
    return {"float": float, "int": int, "str": str, "bool": bool}.get(value, value) if isinstance(value, str) else value
