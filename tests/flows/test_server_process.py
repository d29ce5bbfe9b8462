"""The port of a server: the wanted one, or another where that is taken."""

from __future__ import annotations

import socket
from contextlib import closing

from flows.server_process import _bound


def test_two_that_want_one_port_at_once_both_listen() -> None:
    with closing(_bound("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with closing(_bound("127.0.0.1", port)) as second:
            assert second.getsockname()[1] not in {0, port}
            for each in (first, second):
                with closing(socket.create_connection(each.getsockname())):
                    pass
    # Another program may have it for a moment, as anybody's port for an outgoing connection.
    assert any(_bound_once(port) == port for _ in range(100))


def _bound_once(port: int) -> int:
    with closing(_bound("127.0.0.1", port)) as found:
        return int(found.getsockname()[1])
