"""What an adapter must pass, ours and anybody's: suites for pytest, to be subclassed in one's own tests.

Needs pytest, and nothing of douka imports it::

    from loop.testing import SimulatorSuite, slot_context

    class TestMine(SimulatorSuite):
        factory = MySimulator

        @pytest.fixture
        def context(self, tmp_path):
            return slot_context(tmp_path, options={"queue": "short"})
"""

from loop.device_checks import Expectations
from loop.testing.device import DeviceSuite
from loop.testing.instrument import InstrumentSuite
from loop.testing.requests import request_at, slot_context
from loop.testing.simulator import SimulatorSuite

__all__ = ["DeviceSuite", "Expectations", "InstrumentSuite", "SimulatorSuite", "request_at", "slot_context"]
