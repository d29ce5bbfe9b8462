"""Ten lines let the driver pass douka's conformance suite; ``PORT`` says where an instrument listens."""

import os

import pytest
from douka_gaussmeter.gaussmeter import Gaussmeter

from loop.testing import DeviceSuite, Expectations


class TestGaussmeter(DeviceSuite):
    expectations = Expectations(positions=(0.1, 0.5), signal="gaussmeter_field", tolerance=1e-3, beyond=99.0)

    @pytest.fixture
    def device(self):
        gaussmeter = Gaussmeter("gaussmeter", port=int(os.environ["PORT"]))
        yield gaussmeter
        gaussmeter.close()
