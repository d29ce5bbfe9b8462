"""``station``: a laboratory slot that measures by itself, with contained devices and a procedure."""

from adapters.instruments.station.station import Station

__all__ = ["Station"]
