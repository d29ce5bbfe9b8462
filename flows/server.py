"""Starting a Prefect server on this machine, waiting until it answers, stopping it."""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from flows.binding import LOOPBACK, reached_at
from flows.callbacks import Say
from flows.errors import SchedulerError
from flows.server_process import EMBEDDED, PAGES, PATIENCE_SECONDS
from flows.settings import KEPT, ui_url
from flows.share import Share, is_shared

STARTUP_SECONDS = 180.0
LOOK_SECONDS = 1.0
LOOKS = 3
LONGEST_PAUSE_SECONDS = 60.0


class Server(AbstractContextManager["Server"]):
    """A server process of our own; it ends with us, however we end.

    Of those with pages there is one a folder: where another process has started it already, that one is used, and it
    ends with the last who uses it.
    It starts in the background: import Prefect meanwhile, then :meth:`wait`.

    Parameters
    ----------
    home
        Folder for its database and log.
    port
        Port to listen on; 0 for any that is free.
    pages
        Whether it shows the user interface and runs schedules, or only records the runs of this process.
    host
        Address to listen on; off loopback it asks for the password of its folder (:func:`flows.password.password`).
    keep
        How long runs that ended are shown.

    Raises
    ------
    SchedulerError
        Where it cannot start, or another process has started it where only this machine can reach it.
    """

    def __init__(
        self, home: Path, port: int = 0, *, pages: bool = False, host: str = LOOPBACK, keep: timedelta = KEPT
    ) -> None:
        self._keep = keep
        self._home = home
        self._mode = PAGES if pages else EMBEDDED
        self._share: Share | None = None
        self.log = home / f"{self._mode}.log"
        self._start(port, host)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    @property
    def url(self) -> str:
        """Address of its pages."""
        return ui_url(self.port, self.host)

    @property
    def is_running(self) -> bool:
        """Whether it is alive; of one that another process started: whether it answers."""
        if self.is_ours:
            return self._process.poll() is None
        return lives(self.port, self.host)

    def wait(self, seconds: float = STARTUP_SECONDS) -> None:
        """Return once it answers.

        Parameters
        ----------
        seconds
            How long to wait for that.

        Raises
        ------
        SchedulerError
            Where it ended, or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        while not answers(self.port, self.host):
            if self.is_ours and not self.is_running:
                raise SchedulerError(self._complaint("ended while starting"))
            if time.monotonic() > deadline:
                raise SchedulerError(self._complaint(f"did not answer within {seconds:g} s"))
            time.sleep(0.05)

    def stop(self) -> None:
        """End the process and wait for that, unless others use it: then it ends with the last of them."""
        is_last = self._share is None or self._share.release()
        self._share = None
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if not is_last and self.is_ours:
            return
        try:
            self._process.wait(PATIENCE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            if self._mode == PAGES and is_shared(self._home):
                return  # somebody came at this very moment
            self._process.kill()
            self._process.wait()
        if is_last and not self.is_ours:
            self._wait_for_its_end()

    def _wait_for_its_end(self) -> None:
        """Whoever started it is gone already, so that it ends now."""
        deadline = time.monotonic() + PATIENCE_SECONDS + 2
        while answers(self.port, self.host) and time.monotonic() < deadline:
            time.sleep(0.05)
        Share(self._home).release()  # which waits for the end of its process

    def restart(self) -> None:
        """Start it again and wait until it answers; where it was, unless another program took its port meanwhile."""
        self.stop()
        self._start(self.port, self.host)
        self.wait()

    def _start(self, port: int, host: str) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        seconds = str(self._keep.total_seconds())
        self.is_ours = True
        self._share = Share(self._home) if self._mode == PAGES else None
        self._process = _started([str(self._home), str(port), self._mode, host, seconds], self.log)
        words = (self._process.stdout.readline().decode() if self._process.stdout else "").split()
        if len(words) != 3 or words[0] not in {"serving", "found"}:
            self.stop()
            raise SchedulerError(self._complaint("did not start"))
        self.is_ours, self.port, self.host = words[0] == "serving", int(words[1]), words[2]
        if host not in {self.host, LOOPBACK}:
            self.stop()
            raise SchedulerError(
                f"the Prefect server of {self._home} listens on {self.host} already, for another douka serve, not on "
                f"{host}: end that one first, or leave out --host"
            )

    def _complaint(self, what: str) -> str:
        return (
            f"the Prefect server {what}; see {self.log}. The history is complete and not affected. Where the log "
            f"speaks of its database, {self.log.parent} may be deleted: it holds nothing but records of past runs"
        )


@contextmanager
def kept_running(server: Server, say: Say | None = None) -> Iterator[None]:
    """Start a server again that dies, from a thread, for as long as the context lasts.

    A campaign seals on without it, but its last word to Prefect would wait for the server for a long time.

    Parameters
    ----------
    server
        Which answers already.
    say
        Called with lines for a person, from that thread.
    """
    done = threading.Event()
    watcher = threading.Thread(target=_keep_running, args=(server, done, say or _nothing), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _keep_running(server: Server, done: threading.Event, say: Say) -> None:
    pause = LOOK_SECONDS
    while not done.wait(pause):
        if server.is_running:
            pause = LOOK_SECONDS
            continue
        say("Prefect's server is gone; it is started again")
        try:
            server.restart()
        except (SchedulerError, OSError) as error:  # a full disk, too: it is tried for ever
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            say(f"{error}. It is tried again in {pause:g} s")


def _nothing(_: str) -> None:
    pass


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether a healthy Prefect server listens on a port of this machine."""
    connection = http.client.HTTPConnection(reached_at(host), port, timeout=5)  # heeds no proxy variables
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def lives(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server answers sooner or later: one that is busy is slow to."""
    return any(answers(port, host) for _ in range(LOOKS))


def _started(words: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.server_process", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            # Ctrl-C in the terminal must reach us first: the cycle at work still needs its server.
            start_new_session=True,
        )
