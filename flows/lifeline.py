"""A child process that ends with its parent, however the parent ends.

Standard input is a lifeline: when its other end closes, because the parent let go or was killed, even by SIGKILL, the
child stops. That needs no pid file and no signal that only one operating system has.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


def at_the_end_of_the_parent(stop: Callable[[], None]) -> None:
    """Call a function, from a thread of its own, once the other end of standard input is closed.

    Parameters
    ----------
    stop
        What ends this process.
    """

    def watch() -> None:
        while os.read(0, 1):  # unbuffered: a buffer locked by this thread is fatal at the end of the interpreter
            pass
        stop()

    threading.Thread(target=watch, daemon=True).start()
