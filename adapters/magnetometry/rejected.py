"""The refusal of a measurement."""

from __future__ import annotations

from loop.errors import RejectedError


class RejectedMeasurement(RejectedError):  # noqa: N818  the name is given by the project's interface
    """A file was read and yields no measurement that could be trusted, or not the quantity that was asked for."""
