"""Files of magnetometers: what they say, and what follows from it."""

from adapters.magnetometry.measurement import Measurement
from adapters.magnetometry.reading import read_measurement
from adapters.magnetometry.rejected import RejectedMeasurement

__all__ = ["Measurement", "RejectedMeasurement", "read_measurement"]
