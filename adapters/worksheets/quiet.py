"""Files that are still being written are left alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Quiet:
    """Tells whether a file has come to rest.

    Parameters
    ----------
    seconds
        For so long it must not have changed.
    seen
        Size and time in nanoseconds of every file looked at, at the last look.
    """

    seconds: float
    seen: dict[Path, Stamp] = field(default_factory=dict)

    def __call__(self, file: Path) -> bool:
        """Whether a file has not changed for a while, nor since the last look: some copies keep the old time.

        Parameters
        ----------
        file
            One that is not there is not at rest.
        """
        try:
            status = file.stat()
        except OSError:
            return False
        stamp = (status.st_size, status.st_mtime_ns)
        changed = self.seen.get(file, stamp) != stamp
        self.seen[file] = stamp
        now = time.time()
        # A share's clock may be ahead of ours.
        last = max((moment for moment in (status.st_mtime, status.st_ctime) if moment <= now), default=now)
        return not changed and now - last >= self.seconds
