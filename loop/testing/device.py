"""The conformance suite of devices."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from loop.asking import NotApplicable, Shortcoming
from loop.device_checks import CHECKS, Check, Expectations, loss_is_noticed


class DeviceSuite:
    """Subclass it, name the class ``Test…``, and give a ``device`` fixture.

    Ten lines::

        class TestGaussmeter(DeviceSuite):
            expectations = Expectations(positions=(0.1, 0.2), signal="gaussmeter_field", tolerance=0.001, beyond=99.0)

            @pytest.fixture
            def device(self, server):
                return Gaussmeter("gaussmeter", port=server.port)

    An author whose device can lose its peer overrides :meth:`lose_peer`.
    """

    expectations: ClassVar[Expectations] = Expectations()
    """Harmless positions, time to settle, a value to be refused."""

    @pytest.fixture
    def device(self) -> Any:
        """Give the device; to be overridden."""
        raise NotImplementedError("give a fixture 'device' that returns the device to be checked")

    def lose_peer(self, device: Any) -> None:
        """Take away what the device talks to."""
        raise NotApplicable(f"{type(device).__name__} has no peer to lose")

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_keeps_its_promise(self, check: Check, device: Any) -> None:
        """Each promise of :data:`~loop.device_checks.CHECKS`."""
        try:
            check(device, self.expectations)
        except NotApplicable as reason:
            pytest.skip(str(reason))
        except Shortcoming as shortcoming:
            pytest.fail(f"{check.__doc__} But {shortcoming}")

    def test_loss_of_the_peer_is_noticed(self, device: Any) -> None:
        """Within the stated time."""
        try:
            loss_is_noticed(device, self.expectations, lambda: self.lose_peer(device))
        except NotApplicable as reason:
            pytest.skip(str(reason))
        except Shortcoming as shortcoming:
            pytest.fail(str(shortcoming))
