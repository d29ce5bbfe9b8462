"""Files of magnetometers: what they say, and what follows from it."""

from adapters.magnetometry.curie import CurieTemperature, curie_temperature
from adapters.magnetometry.demagnetizing import demagnetizing_factor
from adapters.magnetometry.measurement import Measurement
from adapters.magnetometry.reading import read_measurement
from adapters.magnetometry.rejected import RejectedMeasurement
from adapters.magnetometry.saturation import Saturation, saturation_magnetization

__all__ = [
    "CurieTemperature",
    "Measurement",
    "RejectedMeasurement",
    "Saturation",
    "curie_temperature",
    "demagnetizing_factor",
    "read_measurement",
    "saturation_magnetization",
]
