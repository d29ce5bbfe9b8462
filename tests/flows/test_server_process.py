"""The port of a server: the wanted one, or another where that is taken."""

from __future__ import annotations

import fcntl
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from flows.server_process import LOCK, _bound


def test_two_that_want_one_port_at_once_both_listen() -> None:
    with closing(_bound("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with closing(_bound("127.0.0.1", port)) as second:
            assert second.getsockname()[1] not in {0, port}
            for each in (first, second):
                with closing(socket.create_connection(each.getsockname())):
                    pass
    # Another program may have it for a moment, as anybody's port for an outgoing connection.
    assert any(_bound_after(0.1 * turn, port) == port for turn in range(20))


@pytest.fixture
def second(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process for a folder whose server has not said yet where it listens."""
    with (tmp_path / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-m", "flows.server_process", str(tmp_path), "0", "pages", "127.0.0.1", "3600"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            yield process
            process.kill()


def test_who_comes_second_waits_for_an_address_where_somebody_listens(
    second: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert second.stdout is not None
    with closing(_bound("127.0.0.1", 0)) as listener:
        (tmp_path / LOCK).write_text("1 127.0.0.1")  # of a server that is gone
        assert not select.select([second.stdout], [], [], 2)[0], "nothing is found"
        (tmp_path / LOCK).write_text(f"{listener.getsockname()[1]} 127.0.0.1")
        assert second.stdout.readline() == f"found {listener.getsockname()[1]} 127.0.0.1\n"
        assert second.wait(60) == 0


def test_who_waits_ends_with_its_parent(second: subprocess.Popen[str]) -> None:
    assert second.stdin is not None
    second.stdin.close()
    assert second.wait(60) == -signal.SIGTERM


def _bound_after(seconds: float, port: int) -> int:
    time.sleep(seconds)
    with closing(_bound("127.0.0.1", port)) as found:
        return int(found.getsockname()[1])
