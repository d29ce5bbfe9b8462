"""The conformance suite of douka, and what the rule is known to say."""

import pytest
from douka_slater_pauling.simulator import SlaterPauling

from loop.testing import SimulatorSuite, request_at, slot_context


class TestSlaterPauling(SimulatorSuite):
    factory = SlaterPauling

    @pytest.fixture
    def context(self, tmp_path):
        return slot_context(tmp_path, unit="muB/atom")


def test_cobalt_and_an_alloy(tmp_path):
    context = slot_context(tmp_path, unit="muB/atom")
    simulator = SlaterPauling(context)
    for number, x in enumerate([[1.0], [0.5]]):
        simulator.submit(request_at(context, x, number))
    assert [answer.value for answer in simulator.collect()] == pytest.approx([1.6, 2.1])
